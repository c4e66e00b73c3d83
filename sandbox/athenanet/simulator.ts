import { randomBytes } from 'node:crypto';
import type { Practice } from '../practice.ts';
import type { Behaviour, Received, Reply } from '../server.ts';
import { appointmentRoutes } from './appointments.ts';
import { bestMatchRoutes } from './best-match.ts';
import { claimRoutes } from './claims.ts';
import { wallClock } from './clock.ts';
import { dictionaryRoutes } from './dictionaries.ts';
import { directoryRoutes } from './directory.ts';
import { documentRoutes } from './documents.ts';
import { encounterRoutes } from './encounters.ts';
import {
  badToken,
  type Limits,
  noScope,
  notGranted,
  PRODUCTION_LIMITS,
  type Throttle,
  throttle,
  unknownPractice,
} from './gateway.ts';
import { guideRoutes } from './guide.ts';
import { ATHENANET_PRACTICE_ID } from './identity.ts';
import { kindRoutes } from './kinds.ts';
import { labRoutes } from './labs.ts';
import { isTokenRequest, type SignIn, signIn } from './oauth.ts';
import { patientRoutes } from './patients.ts';
import { json, Refusal, unrouted } from './reply.ts';
import { type Match, type Route, router, type StrictDialect, sentBy } from './router.ts';
import { slotRoutes } from './slots.ts';
import { type NotRepresentable, notRepresentable } from './unrepresentable.ts';
import { vitalRoutes } from './vitals.ts';
import { type Setting, type World, worldOf } from './world.ts';

export { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN } from './identity.ts';

export interface AthenanetOptions {
  readonly practice: Practice;
  readonly now: () => number;
  readonly limits?: Limits;
  /** Whose reading wins where guide and platform differ; both are served when absent. */
  readonly strictDialect?: 'platform' | 'guide';
  /** How the API refuses calls over a limit: as the platform, or as the gateway before it. */
  readonly throttleWith?: 429 | 403;
  /** Whether a 429 says how long to wait; the platform does not promise it. */
  readonly retryAfter?: boolean;
  /** Ids as mixed as they were captured, or all of them text. */
  readonly ids?: 'mixed' | 'text';
  readonly practiceId?: string;
  /** Practices that exist and are not granted to the client. */
  readonly otherPractices?: readonly string[];
  /** Locations that `GET /departments` hides unless asked for all; the last of several when absent. */
  readonly hiddenDepartments?: readonly number[];
  /** Departments of one group share charts; each has its own group when absent. */
  readonly chartSharingGroup?: (locationId: number) => string;
  /** Zone of stamps that name no department. */
  readonly stampZone?: string;
  readonly createToken?: () => string;
  /** The practice is looked at anew only after `changed` was called: looking at a large one takes long. */
  readonly still?: boolean;
}

export interface AthenanetBehaviour extends Behaviour {
  /** Ids of what is true at the practice and has no place at athenaNet, so that it is nowhere in the answers. */
  notRepresentable(): NotRepresentable;
}

const ROUTES: readonly Route[] = [
  ...directoryRoutes,
  ...dictionaryRoutes,
  ...kindRoutes,
  ...patientRoutes,
  ...bestMatchRoutes,
  ...appointmentRoutes,
  ...slotRoutes,
  ...vitalRoutes,
  ...labRoutes,
  ...encounterRoutes,
  ...documentRoutes,
  ...claimRoutes,
  ...guideRoutes,
];

/** The number under which a client asks which practices it is granted. [public: dotnet, mphrx] */
const ANY_PRACTICE = '1';

/** Writes every number under a name that ends in `id` as text. */
const idsAsText = (name: string, value: unknown): unknown =>
  typeof value === 'number' && name.endsWith('id') ? String(value) : value;

const split = (path: string): { readonly practiceId: string; readonly rest: string } | undefined => {
  const [, practiceId, rest] = /^\/v1\/([^/]+)(\/.+)$/.exec(path) ?? [];
  return practiceId === undefined || rest === undefined ? undefined : { practiceId, rest };
};

const settingOf = (options: AthenanetOptions): Setting => ({
  practiceId: options.practiceId ?? ATHENANET_PRACTICE_ID,
  hiddenDepartments: new Set(
    options.hiddenDepartments ??
      options.practice.locations
        .slice(1)
        .slice(-1)
        .map(({ id }) => id),
  ),
  chartSharingGroup: options.chartSharingGroup ?? ((locationId) => String(40 + locationId)),
  stampZone: options.stampZone ?? 'America/New_York',
});

const segmentId =
  ({ segments }: Match) =>
  (name: string): number => {
    const text = segments.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  };

/** Refuses a practice that does not exist or is not granted; the any-practice number only lists. */
const admitPractice = (asked: string, own: string, others: readonly string[], path: string): void => {
  if (asked === own || (asked === ANY_PRACTICE && (path === '/practiceinfo' || path === '/ping'))) return;
  throw asked === ANY_PRACTICE || others.includes(asked) ? notGranted() : unknownPractice();
};

const withHeaders = (reply: Reply, headers: Readonly<Record<string, string>>): Reply => ({
  ...reply,
  headers: { ...reply.headers, ...headers },
});

/** What a handler gives or throws, as an answer. */
const rendered = (handle: () => unknown, ids: AthenanetOptions['ids']): Reply => {
  try {
    const body = handle();
    return json(200, ids === 'text' ? (JSON.parse(JSON.stringify(body), idsAsText) as unknown) : body);
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.reply;
    throw thrown;
  }
};

type Finder = (request: Received) => { readonly practiceId: string; readonly match: Match } | undefined;

const finder = (dialect: StrictDialect): Finder => {
  const find = router(ROUTES, dialect);
  return (request) => {
    const place = split(request.path);
    const match = place && find(request.method, place.rest);
    return place && match && { practiceId: place.practiceId, match };
  };
};

/** The practice as it is during each request, and what to call when it is another. */
const looking = ({ practice, now, still = false }: AthenanetOptions, setting: Setting) => {
  const clock = wallClock();
  const look = (): World => worldOf(practice, setting, clock, now());
  let kept: World | undefined;
  return {
    world: (): World => {
      if (!still) return look();
      kept ??= look();
      return { ...kept, now: now() };
    },
    changed: (): void => {
      kept = undefined;
    },
  };
};

interface Parts {
  readonly options: AthenanetOptions;
  readonly setting: Setting;
  readonly find: Finder;
  readonly world: () => World;
}

/** The API behind the token: the gateway's refusals in the gateway's order, then the route's handler. */
const api = (
  { options, setting, find, world }: Parts,
  sign: SignIn,
  gate: Throttle,
): ((request: Received) => Reply) => {
  const { strictDialect: dialect, ids, otherPractices = ['888888'] } = options;
  return (request) => {
    const place = find(request);
    if (place === undefined) return unrouted();
    const access = sign.check(request.headers.authorization);
    if (access === 'unknown') return badToken();
    const { refusal, headers } = gate.admit();
    if (refusal !== undefined) return refusal;
    const { match, practiceId } = place;
    const handle = (): unknown => {
      if (access === 'no-scope') throw noScope();
      admitPractice(practiceId, setting.practiceId, otherPractices, match.route.path);
      return match.route.handle({
        world: world(),
        path: request.path,
        id: segmentId(match),
        sent: sentBy(request),
        dialect,
      });
    };
    return withHeaders(rendered(handle, ids), headers);
  };
};

/**
 * athenaNet's REST API for one practice and one client, oddities included; promises sign-in and reads, and answers every
 * other call as the gateway does.
 */
export const athenanetSimulator = (options: AthenanetOptions): AthenanetBehaviour => {
  const { practice, now, limits = PRODUCTION_LIMITS, throttleWith = 429, retryAfter = false } = options;
  const createToken = options.createToken ?? (() => randomBytes(24).toString('base64url'));
  const find = finder(options.strictDialect);
  const sign = signIn({ now, perMinute: limits.tokenPerMinute, createToken, retryAfter });
  const setting = settingOf(options);
  const { world, changed } = looking(options, setting);
  const answer = api({ options, setting, find, world }, sign, throttle({ limits, now, throttleWith, retryAfter }));
  return {
    name: 'athenanet',
    callName: (request) =>
      isTokenRequest(request) ? 'POST token' : `${request.method} ${find(request)?.match.route.path ?? '(unrouted)'}`,
    handle: (request) => (isTokenRequest(request) ? sign.answer(request) : answer(request)),
    expireTokens: () => sign.expire(),
    changed,
    notRepresentable: () => notRepresentable(practice),
  };
};
