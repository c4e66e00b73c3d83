import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';
import type { Reply } from '../server.ts';
import type { Parameter, Parameters } from './parameters.ts';
import type { Profile } from './profile.ts';
import { GUIDE, type SubscriptionOptions, TOPICS } from './subscriptions/terms.ts';
import type { Interaction } from './writing.ts';

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
  'DocumentReference',
];

const typeOf = ({ kind }: Parameter): 'token' | 'string' | 'reference' | 'date' | 'uri' =>
  kind === 'id' ? 'token' : kind === 'updated' ? 'date' : kind;

export interface Described {
  readonly profile: Profile;
  readonly parameters: Parameters;
  /** Types of which there are resources. */
  readonly types: readonly string[];
  readonly now: number;
  readonly writable: boolean;
  /** Absent where the server has no subscriptions. */
  readonly subscriptions?: SubscriptionOptions | undefined;
}

const resource = (
  { profile, parameters, writable, subscriptions }: Described,
  type: string,
): readonly CapabilityStatementRestResource[] => {
  const allowed = profile.allowed(type, parameters.knows(type));
  if (allowed === undefined) return [];
  const all = [...parameters.of(type).values()];
  const asked = allowed.parameters;
  const searched = asked === 'all' ? all : all.filter(({ code }) => asked.has(code));
  const versions = profile.history ? (['vread', 'history-instance'] as const) : [];
  const { writing } = profile;
  const writes = (writable ? writing.types[type] : undefined) ?? [];
  const interactions = ['read', 'search-type', ...versions, ...writes] as const;
  return [
    {
      type: type as CapabilityStatementRestResource['type'],
      ...(type === 'Subscription' && subscriptions !== undefined ? topicsOf(subscriptions) : {}),
      interaction: interactions.map((code) => ({ code })),
      versioning: versioningOf(profile, writes),
      ...(writes.includes('create') ? { conditionalCreate: writing.conditionalCreate } : {}),
      ...(writes.includes('update') ? { updateCreate: false, conditionalUpdate: false } : {}),
      searchInclude:
        allowed.includes === undefined
          ? searched.filter(({ kind }) => kind === 'reference').map(({ code }) => `${type}:${code}`)
          : [...allowed.includes].filter((include) => include.startsWith(`${type}:`)),
      searchParam: searched.map((parameter) => ({ name: parameter.code, type: typeOf(parameter) })),
    },
  ];
};

/** What the backport guide lets a server tell of its topics; nothing where it has R4's own subscriptions only. */
const topicsOf = ({ topics = true, counters }: SubscriptionOptions): Partial<CapabilityStatementRestResource> => {
  if (!topics) return {};
  const operation = [{ name: 'status', definition: GUIDE.statusOperation }];
  return {
    extension: [...TOPICS.keys()].map((valueCanonical) => ({ url: GUIDE.topic, valueCanonical })),
    supportedProfile: [GUIDE.subscription],
    operation:
      counters === 'perBundle' ? operation : [...operation, { name: 'events', definition: GUIDE.eventsOperation }],
  };
};

/** Where a change has to name the version that it changes, the statement says so. */
const versioningOf = (
  { history, writing }: Profile,
  writes: readonly Interaction[],
): 'versioned' | 'versioned-update' | 'no-version' => {
  if (history) return 'versioned';
  const changes = writes.some((interaction) => interaction !== 'create');
  if (!changes) return 'no-version';
  return writing.ifMatch === 'required' ? 'versioned-update' : 'versioned';
};

/** Answers `/metadata`, which needs no token, for the types that are there and the usual ones. */
export const metadata = (described: Described): Reply => {
  const { profile, types, now, writable } = described;
  const patches = writable && Object.values(profile.writing.types).some((list) => list.includes('patch'));
  const statement: CapabilityStatement = {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: new Date(now).toISOString(),
    kind: 'instance',
    implementation: { description: 'Sandbox' },
    fhirVersion: '4.0.1',
    format: ['json'],
    ...(patches ? { patchFormat: ['application/json-patch+json'] } : {}),
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
        resource: [
          ...new Set([...USUAL, ...types, ...(described.subscriptions === undefined ? [] : ['Subscription'])]),
        ].flatMap((type) => resource(described, type)),
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
    scopes_supported: ['system/*.read', 'system/*.write', 'system/*.rs', 'system/*.cruds'],
    code_challenge_methods_supported: ['S256'],
    capabilities: ['client-confidential-symmetric', 'client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  }),
});
