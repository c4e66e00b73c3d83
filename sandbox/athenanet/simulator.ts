import { randomBytes } from 'node:crypto';
import { Ledger, TimeTaken } from '../ledger.ts';
import { Outbox, type OutboxOptions } from '../notify/outbox.ts';
import type { Practice } from '../practice.ts';
import type { Behaviour, Received, Reply } from '../server.ts';
import { appointmentRoutes } from './appointments.ts';
import { bestMatchRoutes } from './best-match.ts';
import { bookingRoutes } from './booking.ts';
import { changedRoutes } from './changed.ts';
import { claimWriteRoutes } from './claim-writes.ts';
import { claimRoutes } from './claims.ts';
import { wallClock } from './clock.ts';
import { dictionaryRoutes } from './dictionaries.ts';
import { directoryRoutes } from './directory.ts';
import { documentWriteRoutes } from './document-writes.ts';
import { documentRoutes } from './documents.ts';
import { encounterRoutes } from './encounters.ts';
import { Extras } from './extras.ts';
import { type FeedOptions, type Feeds, feedsOf } from './feeds.ts';
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
import { patientWriteRoutes } from './patient-writes.ts';
import { patientRoutes } from './patients.ts';
import { json, Refusal, slotTaken, unrouted } from './reply.ts';
import { isGuideJson, type Match, type Route, router, type StrictDialect, sentBy } from './router.ts';
import { slotWriteRoutes } from './slot-writes.ts';
import { slotRoutes } from './slots.ts';
import { invalidScope, type SubscriptionCall, Subscriptions } from './subscriptions.ts';
import { type NotRepresentable, notRepresentable } from './unrepresentable.ts';
import { visitRoutes } from './visits.ts';
import { vitalWriteRoutes } from './vital-writes.ts';
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
  /** Columns of a patient without whom nobody is checked in; birth date and state when absent. */
  readonly checkInRequired?: readonly string[];
  /** Zone of stamps that name no department. */
  readonly stampZone?: string;
  readonly createToken?: () => string;
  /** The practice changes by calls and as Happenings tell, and in no other way: looking at a large one takes long. */
  readonly still?: boolean;
  /** Whether two visits may be booked at the same time of the same practitioner; false when absent. */
  readonly doubleBooking?: boolean;
  readonly feeds?: FeedOptions;
  /** How notifications are sent; as athenahealth does when absent. */
  readonly delivery?: Partial<Pick<OutboxOptions, 'limitMs' | 'retry' | 'chance'>>;
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
  ...patientWriteRoutes,
  ...slotWriteRoutes,
  ...bookingRoutes,
  ...visitRoutes,
  ...vitalWriteRoutes,
  ...documentWriteRoutes,
  ...claimWriteRoutes,
  ...changedRoutes,
];

/** An answer within 2 s, or tries for an hour. [public: events; the waits between: assumption] */
const DELIVERY: Pick<OutboxOptions, 'limitMs' | 'retry'> = {
  limitMs: 2000,
  retry: { firstMs: 1000, mostMs: 300_000, forMs: 3_600_000 },
};

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
  checkInRequired: new Set(options.checkInRequired ?? ['dob', 'state']),
  stampZone: options.stampZone ?? 'America/New_York',
});

const segmentId =
  ({ segments }: Match) =>
  (name: string): number => {
    const text = segments.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  };

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

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
    if (thrown instanceof TimeTaken) return slotTaken().reply;
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

/** The practice as it is during each request. */
const looking = ({ practice, now, still = false, doubleBooking = false }: AthenanetOptions, setting: Setting) => {
  const clock = wallClock();
  const extras = new Extras();
  const ledger = new Ledger({ practice, now, doubleBooking });
  let kept: World | undefined;
  ledger.happenings.on(({ type, record }) => {
    if (type === 'Practitioner') kept = undefined;
    else kept?.note({ type, record });
  });
  const world = (): World => {
    if (!still || kept === undefined) kept = worldOf({ practice, setting, clock, extras, now });
    return kept;
  };
  return { ledger, world };
};

interface Parts {
  readonly options: AthenanetOptions;
  readonly setting: Setting;
  readonly find: Finder;
  readonly world: () => World;
  readonly ledger: Ledger;
  readonly feeds: Feeds;
  readonly sign: SignIn;
  readonly gate: Throttle;
}

/** The API behind the token: the gateway's refusals in the gateway's order, then the route's handler. */
const api = ({ options, setting, find, world, ledger, feeds, sign, gate }: Parts): ((request: Received) => Reply) => {
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
      const isJson = isGuideJson(request, match.route, dialect);
      return match.route.handle({
        world: world(),
        path: request.path,
        id: segmentId(match),
        sent: sentBy(request, { isJson, takesFiles: match.route.files === true }),
        isJson,
        dialect,
        name: nameOf(match.route),
        ledger,
        feeds,
      });
    };
    return withHeaders(rendered(handle, ids), headers);
  };
};

/** The calls of the event subscriptions, behind the same token and the same limits. */
const subscriptionAnswer = (call: SubscriptionCall, request: Received, { sign, gate }: Parts): Reply => {
  const { authorization } = request.headers;
  if (sign.check(authorization) === 'unknown') return badToken();
  const { refusal, headers } = gate.admit();
  if (refusal !== undefined) return refusal;
  return withHeaders(sign.allows(authorization, call.scope) ? call.answer(request) : invalidScope(), headers);
};

/**
 * athenaNet's REST API for one practice and one client, oddities included, with its change feeds and its signed event
 * notifications; promises sign-in, reads and the writes of the README, and answers every other call as the gateway does.
 */
export const athenanetSimulator = (options: AthenanetOptions): AthenanetBehaviour => {
  const { practice, now, limits = PRODUCTION_LIMITS, throttleWith = 429, retryAfter = false } = options;
  const createToken = options.createToken ?? (() => randomBytes(24).toString('base64url'));
  const find = finder(options.strictDialect);
  const sign = signIn({ now, perMinute: limits.tokenPerMinute, createToken, retryAfter });
  const setting = settingOf(options);
  const { world, ledger } = looking(options, setting);
  const { happenings } = ledger;
  const gate = throttle({ limits, now, throttleWith, retryAfter });
  const feeds = feedsOf(happenings, now, options.feeds);
  const outbox = new Outbox({ now, ...DELIVERY, ...options.delivery });
  const subscriptions = new Subscriptions({ now, world, happenings, outbox });
  const parts: Parts = { options, setting, find, world, ledger, feeds, sign, gate };
  const answer = api(parts);
  return {
    name: 'athenanet',
    callName: (request) => {
      if (isTokenRequest(request)) return 'POST token';
      const match = find(request)?.match;
      if (match !== undefined) return nameOf(match.route);
      return subscriptions.callOf(request)?.name ?? `${request.method} (unrouted)`;
    },
    handle: (request) => {
      if (isTokenRequest(request)) return sign.answer(request);
      const call = subscriptions.callOf(request);
      return call === undefined ? answer(request) : subscriptionAnswer(call, request, parts);
    },
    expireTokens: () => sign.expire(),
    commits: ledger.commits,
    happenings,
    report: (draft) => ledger.report(draft),
    outbox,
    notRepresentable: () => notRepresentable(practice),
  };
};
