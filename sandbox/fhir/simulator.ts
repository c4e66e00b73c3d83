import type { Resource } from '@medplum/fhirtypes';
import type { Practice } from '../practice.ts';
import type { Behaviour, Received, Reply } from '../server.ts';
import { type Asker, historyAnswer, readAnswer, type Server, searchAnswer } from './answers.ts';
import type { BackendKey } from './assertion.ts';
import { batchAnswer } from './batch.ts';
import { metadata, smartConfiguration } from './capabilities.ts';
import { CERNER } from './cerner.ts';
import { EPIC } from './epic.ts';
import { type ProfileName, Refused, refusal } from './faults.ts';
import { GENERIC } from './generic.ts';
import { Mirror } from './mirror.ts';
import { Pages } from './pages.ts';
import { loadParameters } from './parameters.ts';
import type { Profile } from './profile.ts';
import { BASE_PATH, nameOf, type Route, routeOf } from './routes.ts';
import { Search } from './search.ts';
import { FHIR_SIGN_IN, SignIn } from './signin.ts';
import { Store } from './store.ts';

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
}
export type FhirOptions = Settings &
  ({ readonly practice: Practice } | { readonly resources: ReadonlyMap<string, readonly GivenResource[]> });

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

const serverOf = async (options: FhirOptions): Promise<{ server: Server; refresh: () => void }> => {
  const { now, pageLifeMs = Number.POSITIVE_INFINITY, repeatOnPages = false } = options;
  const profile = PROFILES[options.profile ?? 'generic'];
  const parameters = await loadParameters(profile.own);
  const ownResources = 'practice' in options;
  const store = ownResources ? new Store() : given(options.resources, now());
  const mirror = ownResources ? new Mirror(options.practice, store, now) : undefined;
  mirror?.refresh();
  const zone = options.timeZone ?? (ownResources ? options.practice.timeZone : 'UTC');
  const search = new Search(store, parameters, { zone, now, identifierTypes: profile.identifierTypes });
  const pages = new Pages(now, pageLifeMs);
  return {
    server: { profile, store, parameters, search, pages, ownResources, repeatOnPages },
    refresh: () => mirror?.refresh(),
  };
};

/** JSON is all there is; `_format` counts more than the header. */
const acceptable = (request: Received): boolean => {
  const wanted = request.query.get('_format') ?? request.headers.accept ?? '*/*';
  return /json|\*\/\*|application\/\*/i.test(wanted);
};

const resourceAnswer = (server: Server, asker: Asker, request: Received, route: Route): Reply => {
  switch (route.to) {
    case 'search':
      return searchAnswer(server, asker, request, route.type, route.form);
    case 'read':
      return readAnswer(server, asker, request, route.type, route.id);
    case 'history':
    case 'version':
      return historyAnswer(server, asker, request, route);
    case 'method':
      throw new Refused('method');
    default:
      throw new Refused('unknown-path');
  }
};

/**
 * A vendor's FHIR R4 server for reading, filled from a practice or with given resources. A practice is looked at anew
 * with every request unless it is still: what changed in it is a new version, what left it is gone. Given resources are sent character by
 * character.
 */
export const fhirSimulator = async (options: FhirOptions): Promise<Behaviour> => {
  const { server, refresh } = await serverOf(options);
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
    if (to.to === 'metadata') return metadata(profile, parameters, store.types(), options.now());
    const permits = signIn.permission(request);
    if (permits === undefined) throw new Refused('no-token', { 'www-authenticate': 'Bearer' });
    const asker = { base: `${origin}${BASE_PATH}`, permits };
    if (to.to !== 'batch') return resourceAnswer(server, asker, request, to);
    if (!profile.batch) throw new Refused('method');
    return batchAnswer(request, BASE_PATH, (entry) => handle(entry));
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
      return handle(request);
    },
    expireTokens: () => signIn.expire(),
    changed: refresh,
  };
};
