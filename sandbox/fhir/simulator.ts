import type { Resource } from '@medplum/fhirtypes';
import type { Random } from '../population/random.ts';
import type { Behaviour, Received, Reply } from '../server.ts';
import { type Asker, historyAnswer, readAnswer, type Server, searchAnswer } from './answers.ts';
import type { BackendKey } from './assertion.ts';
import { batchAnswer } from './batch.ts';
import { metadata, smartConfiguration } from './capabilities.ts';
import { CERNER } from './cerner.ts';
import { EPIC } from './epic.ts';
import { type ProfileName, Refused, refusal } from './faults.ts';
import { GENERIC } from './generic.ts';
import { CLOSED, type OfficeOptions, type Opened, openOffice } from './office.ts';
import { Pages } from './pages.ts';
import { loadParameters } from './parameters.ts';
import type { Profile } from './profile.ts';
import { BASE_PATH, nameOf, type Route, routeOf } from './routes.ts';
import { Search } from './search.ts';
import { FHIR_SIGN_IN, SignIn } from './signin.ts';
import { Store } from './store.ts';
import { operationAnswer } from './subscriptions/answers.ts';
import { openSubscriptions, type Subscriptions, subscribable } from './subscriptions/open.ts';
import type { SubscriptionOptions } from './subscriptions/terms.ts';
import { changeAnswer, createAnswer, deleteAnswer } from './writes.ts';

export type { BackendKey } from './assertion.ts';
export { BASE_PATH as FHIR_BASE_PATH } from './routes.ts';
export { FHIR_SIGN_IN } from './signin.ts';

/** A resource with the very text that is to be sent for it. */
export interface GivenResource {
  readonly resource: Resource;
  readonly text: string;
}

interface Settings {
  readonly now: () => number;
  /** The practice is looked at anew only after `changed` was called: looking at a large one takes long. */
  readonly still?: boolean;
  readonly profile?: ProfileName;
  /** Public keys of the client that signs in by assertion. */
  readonly keys?: readonly BackendKey[];
  /** How long later pages of a search can be read; for ever when absent. */
  readonly pageLifeMs?: number;
  /** Later pages begin with the last entry of the page before, as Oracle's may. */
  readonly repeatOnPages?: boolean;
  /** Zone of dates without an offset; the practice's when absent, else UTC. */
  readonly timeZone?: string;
  /**
   * What the generic profile over a practice offers beside reading and writing: both kinds of subscriptions when
   * absent, none when false. No other profile has any.
   */
  readonly subscriptions?: SubscriptionOptions | false;
  /** Decides which notifications are struck by faults. */
  readonly chance?: Random;
}
export type FhirOptions =
  | (Settings & OfficeOptions)
  | (Settings & { readonly resources: ReadonlyMap<string, readonly GivenResource[]> });

const PROFILES: Readonly<Record<ProfileName, Profile>> = { generic: GENERIC, epic: EPIC, cerner: CERNER };

/** An id that comes again is a newer version of that resource. */
const given = (resources: ReadonlyMap<string, readonly GivenResource[]>, now: number): Store => {
  const store = new Store();
  for (const list of resources.values())
    for (const { resource, text } of list) {
      const { resourceType, id = '', meta } = resource;
      const updated = Date.parse(meta?.lastUpdated ?? '');
      store.put({
        resource,
        text,
        versionId: meta?.versionId ?? String(store.versions(resourceType, id).length + 1),
        lastUpdated: Number.isNaN(updated) ? now : updated,
      });
    }
  return store;
};

/** The subscriptions that a server offers; none over given resources, which do not change. */
const offered = (options: FhirOptions): SubscriptionOptions | undefined => {
  const { profile = 'generic', subscriptions = {} } = options;
  return profile === 'generic' && 'practice' in options && subscriptions !== false ? subscriptions : undefined;
};

interface Running extends Opened {
  readonly server: Server;
  readonly subscriptions: Subscriptions | undefined;
}

const serverOf = async (options: FhirOptions): Promise<Running> => {
  const { now, pageLifeMs = Number.POSITIVE_INFINITY, repeatOnPages = false } = options;
  const own = PROFILES[options.profile ?? 'generic'];
  const offer = offered(options);
  const profile = offer === undefined ? own : subscribable(own);
  const parameters = await loadParameters(profile.own);
  const ownResources = 'practice' in options;
  const store = ownResources ? new Store() : given(options.resources, now());
  const opened = ownResources ? openOffice(options, profile, store) : CLOSED;
  const zone = options.timeZone ?? (ownResources ? options.practice.timeZone : 'UTC');
  const search = new Search(store, parameters, { zone, now, identifierTypes: profile.identifierTypes });
  const pages = new Pages(now, pageLifeMs);
  const server: Server = { profile, store, parameters, search, pages, ownResources, repeatOnPages };
  const subscriptions = offer === undefined ? undefined : openSubscriptions(server, offer, options);
  const office = opened.office && { ...opened.office, subscriptions: subscriptions?.roster };
  return { ...opened, server, subscriptions, office };
};

/** JSON is all there is; `_format` counts more than the header. */
const acceptable = (request: Received): boolean => {
  const wanted = request.query.get('_format') ?? request.headers.accept ?? '*/*';
  return /json|\*\/\*|application\/\*/i.test(wanted);
};

const resourceAnswer = (
  { server, office, subscriptions }: Running,
  asker: Asker,
  request: Received,
  route: Route,
  now: number,
): Reply | Promise<Reply> => {
  switch (route.to) {
    case 'search':
      return searchAnswer(server, asker, request, route.type, route.form);
    case 'read':
      return readAnswer(server, asker, request, route.type, route.id);
    case 'history':
    case 'version':
      return historyAnswer(server, asker, request, route);
    case 'create':
      if (office === undefined) throw new Refused('method');
      return createAnswer(server, office, asker, request, route.type);
    case 'update':
    case 'patch':
      if (office === undefined) throw new Refused('method');
      return changeAnswer(server, office, asker, request, route);
    case 'delete':
      if (office === undefined) throw new Refused('method');
      return deleteAnswer(server, office, asker, request, route);
    case 'operation':
      return operationAnswer(subscriptions?.roster, asker, request, route, now);
    case 'method':
      throw new Refused('method');
    default:
      throw new Refused('unknown-path');
  }
};

/**
 * A vendor's FHIR R4 server, filled from a practice or with given resources. A practice is looked at anew with every
 * request unless it is still: what changed in it is a new version, what left it is gone. What a client writes goes into
 * the practice. Given resources are sent character by character and cannot be written to.
 */
export const fhirSimulator = async (options: FhirOptions): Promise<Behaviour> => {
  const opened = await serverOf(options);
  const { server, refresh, commits, office, subscriptions } = opened;
  const { profile, parameters, store } = server;
  const signIn = new SignIn(profile, options.keys ?? [], options.now);

  const route = async (request: Received, origin: string): Promise<Reply> => {
    const to = routeOf(request);
    const tokenEndpoint = `${origin}${FHIR_SIGN_IN.tokenPath}`;
    if (to.to === 'token') return signIn.answer(request, tokenEndpoint);
    if (to.to === 'foreign' && profile.name === 'cerner')
      return { status: 403, headers: { 'content-type': 'text/plain' }, body: 'Tenant not valid or accessible' };
    if (to.to === 'smart') return smartConfiguration(tokenEndpoint);
    if (!acceptable(request)) throw new Refused('not-acceptable');
    if (to.to === 'metadata')
      return metadata({
        profile,
        parameters,
        types: store.types(),
        now: options.now(),
        writable: office !== undefined,
        subscriptions: offered(options),
      });
    const permits = signIn.permission(request);
    if (permits === undefined) throw new Refused('no-token', { 'www-authenticate': 'Bearer' });
    const asker = { base: `${origin}${BASE_PATH}`, permits };
    if (to.to !== 'batch') return resourceAnswer(opened, asker, request, to, options.now());
    if (!profile.batch) throw new Refused('method');
    return batchAnswer(request, BASE_PATH, profile.name, (entry) => handle(entry));
  };

  const handle = async (request: Received): Promise<Reply> => {
    try {
      return await route(request, `http://${request.headers.host ?? 'localhost'}`);
    } catch (error) {
      if (error instanceof Refused) return refusal(profile.name, error);
      throw error;
    }
  };

  return {
    name: profile.name === 'generic' ? 'fhir' : `fhir-${profile.name}`,
    callName: (request) => nameOf(request, (type) => parameters.knows(type)),
    handle: (request) => {
      if (options.still !== true) refresh();
      subscriptions?.roster.due();
      return handle(request);
    },
    expireTokens: () => signIn.expire(),
    commits,
    ...(subscriptions === undefined ? {} : { outbox: subscriptions.outbox }),
    ...(office === undefined ? {} : { happenings: office.happenings, report: office.report }),
  };
};
