import { type Limits, PRODUCTION_LIMITS } from './athenanet/gateway.ts';
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
  readonly limits: SourceLimits;
  readonly allowPrivateNetwork: true;
  readonly writes: 'on';
  readonly webhook?: { readonly secret: string };
}

/** How much a client may ask of a source. */
export interface SourceLimits {
  readonly perSecond: number;
  readonly perDay: number;
  readonly concurrency: number;
}

export type SourceIds = Readonly<Record<'unity' | 'athenanet' | 'fhir', string>>;

/** Names of the practices. */
export const NAMES: SourceIds = {
  unity: 'Lakeside Family Medicine',
  athenanet: 'Springfield Family Practice',
  fhir: 'Mercy Primary Care',
};

const IDS: SourceIds = { unity: 'lakeside', athenanet: 'springfield', fhir: 'mercy' };
/** More than two processors answer at once; nobody waits for a place. */
const CONCURRENCY = 64;
/** These simulators refuse nobody: as much as a configuration can say. */
const WITHOUT_LIMITS: SourceLimits = { perSecond: 10_000, perDay: 100_000_000, concurrency: CONCURRENCY };

/** A little below what the vendor counts, whose seconds and days are not those of the client. */
const below = ({ perSecond, perDay }: Pick<Limits, 'perSecond' | 'perDay'>): SourceLimits => ({
  perSecond: Math.max(1, Math.min(Math.floor(perSecond * 0.9), WITHOUT_LIMITS.perSecond)),
  perDay: Math.max(1, Math.min(Math.floor(perDay * 0.98), WITHOUT_LIMITS.perDay)),
  concurrency: CONCURRENCY,
});

/** The content of a configuration file for the sandbox: its three sources, with the explorer on. */
export interface SandboxConfig {
  readonly sources: readonly SourceEntry[];
  readonly gateway: { readonly explorer: true; readonly publicUrl?: string };
  /** The simulators forget everything when they end, and so does whoever writes to them. */
  readonly store: { readonly memory: true };
}

type Played = Place & Pick<SourceEntry, 'id' | 'limits'>;

const unity = ({ id, url, name, timeZone, limits }: Played): SourceEntry => ({
  id,
  name,
  vendor: 'allscripts-touchworks',
  dialect: 'magic-soap',
  baseUrl: `${url}/Unity/UnityService.svc`,
  timeZone,
  auth: { type: 'unity', ...UNITY_SIGN_IN },
  limits,
  allowPrivateNetwork: true,
  writes: 'on',
});

const athenanet = ({ id, url, name, timeZone, limits }: Played): SourceEntry => ({
  id,
  name,
  vendor: 'athenahealth',
  dialect: 'platform',
  baseUrl: url,
  timeZone,
  practiceId: ATHENANET_PRACTICE_ID,
  auth: { type: 'client-credentials', tokenUrl: `${url}/oauth2/v1/token`, ...ATHENANET_SIGN_IN },
  limits,
  allowPrivateNetwork: true,
  writes: 'on',
});

const fhir = ({ id, url, name, timeZone, limits }: Played, scope = 'system/*.read system/*.write'): SourceEntry => ({
  id,
  name,
  vendor: 'fhir',
  baseUrl: `${url}${FHIR_BASE_PATH}`,
  timeZone,
  auth: {
    type: 'client-credentials',
    tokenUrl: `${url}${FHIR_SIGN_IN.tokenPath}`,
    clientId: FHIR_SIGN_IN.clientId,
    clientSecret: FHIR_SIGN_IN.clientSecret,
    scope,
  },
  limits,
  allowPrivateNetwork: true,
  writes: 'on',
});

export interface ConfigOptions {
  /** Other ids than the usual ones, so that several sandboxes can stand in one configuration. */
  readonly sourceIds?: Partial<SourceIds> | undefined;
  /** athenaNet's limits; those of its production when absent. */
  readonly athenanetLimits?: Limits | undefined;
  /** Where the product is reached, for the vendors that tell of changes themselves; absent: they are only asked. */
  readonly publicUrl?: string | undefined;
}

/** Known to everybody, as all of the sandbox's secrets are. */
const WEBHOOK = { webhook: { secret: 'known-to-everybody' } } as const;

const SUBSCRIBING = 'system/*.read system/*.write system/Subscription.cruds';

/** The configuration with which the product reads the three simulators. */
export const configOf = (
  places: Readonly<Record<'unity' | 'athenanet' | 'fhir', Place>>,
  { sourceIds, athenanetLimits = PRODUCTION_LIMITS, publicUrl }: ConfigOptions = {},
): SandboxConfig => {
  const ids = { ...IDS, ...sourceIds };
  const told = publicUrl === undefined ? {} : WEBHOOK;
  const scope = publicUrl === undefined ? undefined : SUBSCRIBING;
  return {
    sources: [
      unity({ ...places.unity, id: ids.unity, limits: WITHOUT_LIMITS }),
      { ...athenanet({ ...places.athenanet, id: ids.athenanet, limits: below(athenanetLimits) }), ...told },
      { ...fhir({ ...places.fhir, id: ids.fhir, limits: WITHOUT_LIMITS }, scope), ...told },
    ],
    gateway: { explorer: true, ...(publicUrl === undefined ? {} : { publicUrl }) },
    store: { memory: true },
  };
};
