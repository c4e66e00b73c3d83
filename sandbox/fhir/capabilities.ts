import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';
import type { Reply } from '../server.ts';
import type { Parameter, Parameters } from './parameters.ts';
import type { Profile } from './profile.ts';

/** Types that are described when no resources of others are there. */
const USUAL = [
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Schedule',
  'Slot',
  'Appointment',
  'Encounter',
  'Observation',
  'Coverage',
  'Claim',
  'ExplanationOfBenefit',
];

const typeOf = ({ kind }: Parameter): 'token' | 'string' | 'reference' | 'date' | 'uri' =>
  kind === 'id' ? 'token' : kind === 'updated' ? 'date' : kind;

const resource = (
  profile: Profile,
  parameters: Parameters,
  type: string,
): readonly CapabilityStatementRestResource[] => {
  const allowed = profile.allowed(type, parameters.knows(type));
  if (allowed === undefined) return [];
  const all = [...parameters.of(type).values()];
  const asked = allowed.parameters;
  const searched = asked === 'all' ? all : all.filter(({ code }) => asked.has(code));
  const versions = profile.history ? (['vread', 'history-instance'] as const) : [];
  const interactions = ['read', 'search-type', ...versions] as const;
  return [
    {
      type: type as CapabilityStatementRestResource['type'],
      interaction: interactions.map((code) => ({ code })),
      versioning: profile.history ? 'versioned' : 'no-version',
      searchInclude:
        allowed.includes === undefined
          ? searched.filter(({ kind }) => kind === 'reference').map(({ code }) => `${type}:${code}`)
          : [...allowed.includes].filter((include) => include.startsWith(`${type}:`)),
      searchParam: searched.map((parameter) => ({ name: parameter.code, type: typeOf(parameter) })),
    },
  ];
};

/** Answers `/metadata`, which needs no token, for the types that are there and the usual ones. */
export const metadata = (profile: Profile, parameters: Parameters, types: readonly string[], now: number): Reply => {
  const statement: CapabilityStatement = {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: new Date(now).toISOString(),
    kind: 'instance',
    implementation: { description: 'Sandbox' },
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: {
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
              ],
            },
          ],
        },
        resource: [...new Set([...USUAL, ...types])].flatMap((type) => resource(profile, parameters, type)),
        ...(profile.batch ? { interaction: [{ code: 'batch' as const }] } : {}),
      },
    ],
  };
  return { status: 200, headers: { 'content-type': profile.metadataType }, body: JSON.stringify(statement) };
};

/** Answers SMART discovery (SMART App Launch 2.2, conformance), which needs no token. */
export const smartConfiguration = (tokenEndpoint: string): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    token_endpoint: tokenEndpoint,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    scopes_supported: ['system/*.read', 'system/*.rs'],
    code_challenge_methods_supported: ['S256'],
    capabilities: ['client-confidential-symmetric', 'client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  }),
});
