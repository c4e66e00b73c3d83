import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN } from './athenanet/simulator.ts';
import { FHIR_BASE_PATH, FHIR_SIGN_IN } from './fhir/simulator.ts';
import { UNITY_SIGN_IN } from './unity/simulator.ts';

/** Where a simulator listens, and what it plays. */
export interface Place {
  readonly url: string;
  readonly name: string;
  readonly timeZone: string;
}

/** One source as it stands in `sources.yaml`. */
export interface SourceEntry {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly dialect?: string;
  readonly baseUrl: string;
  readonly timeZone: string;
  readonly practiceId?: string;
  readonly auth: Readonly<Record<string, string>>;
  readonly allowPrivateNetwork: true;
}

/** The content of a configuration file for the sandbox: its three sources, with the explorer on. */
export interface SandboxConfig {
  readonly sources: readonly SourceEntry[];
  readonly gateway: { readonly explorer: true };
}

const unity = ({ url, name, timeZone }: Place): SourceEntry => ({
  id: 'lakeside',
  name,
  vendor: 'allscripts-touchworks',
  dialect: 'magic-soap',
  baseUrl: `${url}/Unity/UnityService.svc`,
  timeZone,
  auth: { type: 'unity', ...UNITY_SIGN_IN },
  allowPrivateNetwork: true,
});

const athenanet = ({ url, name, timeZone }: Place): SourceEntry => ({
  id: 'springfield',
  name,
  vendor: 'athenahealth',
  dialect: 'platform',
  baseUrl: url,
  timeZone,
  practiceId: ATHENANET_PRACTICE_ID,
  auth: { type: 'client-credentials', tokenUrl: `${url}/oauth2/v1/token`, ...ATHENANET_SIGN_IN },
  allowPrivateNetwork: true,
});

const fhir = ({ url, name, timeZone }: Place): SourceEntry => ({
  id: 'mercy',
  name,
  vendor: 'fhir',
  baseUrl: `${url}${FHIR_BASE_PATH}`,
  timeZone,
  auth: {
    type: 'client-credentials',
    tokenUrl: `${url}${FHIR_SIGN_IN.tokenPath}`,
    clientId: FHIR_SIGN_IN.clientId,
    clientSecret: FHIR_SIGN_IN.clientSecret,
    scope: 'system/*.read',
  },
  allowPrivateNetwork: true,
});

/** The configuration with which the product reads the three simulators. */
export const configOf = (places: Readonly<Record<'unity' | 'athenanet' | 'fhir', Place>>): SandboxConfig => ({
  sources: [unity(places.unity), athenanet(places.athenanet), fhir(places.fhir)],
  gateway: { explorer: true },
});
