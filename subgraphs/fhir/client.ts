import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../../upstream/call.ts';
import { SignedUpstream } from '../../upstream/oauth.ts';
import type { Answer, OutboundRequest } from '../../upstream/request.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { WriteCall } from '../vendor/writes/writer.ts';
import { searchPath } from './address.ts';
import { type Bundle, foreignTo, toBundle } from './bundle.ts';
import { Included } from './included.ts';
import {
  failureOf,
  hasCode,
  MERGED,
  NO_RESULTS,
  type Reply,
  SESSION_EXPIRED,
  saysWhy,
  toReply,
  verdictOf,
} from './outcome.ts';
import { isSubset, type Resource, type ResourceType, toResource } from './payload.ts';
import { profileOf } from './profile.ts';
import { type Base, baseOf, toTarget, withinBase } from './reference.ts';
import type { Param, Profile } from './rules.ts';
import { type Element, type Original, tagOf, type WriteRequest } from './writes/wire.ts';

/** A list longer than this many pages is not read to its end. */
const MOST_PAGES = 25;

/** What became of a read: the resource, nothing, or the id under which the vendor keeps it now. */
export type Reading<T extends ResourceType> =
  | { readonly found: Resource<T> }
  | { readonly movedTo: string }
  | { readonly absent: true };

export interface Listing<T extends ResourceType> {
  /** Each once, in the server's order. */
  readonly matches: readonly Resource<T>[];
  readonly included: Included;
  /** The list was read to its end. */
  readonly complete: boolean;
  /**
   * Parameters that were not asked with, or that the server left out of the search it says it made (`self` link): the
   * answer is not by them.
   */
  ignored(param: string): boolean;
  /** The server says itself that the answer is by this parameter. */
  honoured(param: string): boolean;
}

const ACCEPT = { accept: 'application/fhir+json' } as const;

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/**
 * Typed reads and searches of one FHIR R4 server (https://hl7.org/fhir/R4/http.html). Numbers keep their digits, and
 * nothing leaves the source's base URL, wherever links or redirects point.
 */
export class FhirClient {
  readonly profile: Profile;
  readonly base: Base;
  readonly #source: SourceSettings;
  readonly #signed: SignedUpstream;
  readonly #now: () => number;
  /** Types at which this server refuses to bring anything along. */
  readonly #bare = new Set<ResourceType>();
  /** Of resources that were read for a write, as long as somebody has them. */
  readonly #documents = new WeakMap<object, Element>();

  constructor(source: SourceSettings, upstream: Upstream, now: () => number) {
    this.profile = profileOf(source.vendor);
    this.base = baseOf(source.baseUrl);
    this.#source = source;
    this.#signed = new SignedUpstream(source, upstream, now);
    this.#now = now;
  }

  /** Sends a request as it is and answers whatever comes back; the others are made of it. */
  async send(request: Omit<OutboundRequest, 'verdict'>, call: Call): Promise<Reply> {
    const verdict = (answer: Answer) => verdictOf(answer, this.profile, this.#now());
    return toReply(await this.#signed.send({ ...request, headers: { ...ACCEPT, ...request.headers }, verdict }, call));
  }

  #get(path: string, name: string, call: Call): Promise<Reply> {
    // what a write depends on is asked of the server itself, not of what somebody in between keeps
    const headers: Record<string, string> = call.departures === undefined ? {} : { 'cache-control': 'no-cache' };
    return this.send({ method: 'GET', url: path, name, retry: 'read', headers }, call);
  }

  /** Sends a write and answers whatever comes back: what it means is for `writes/refusal.ts` to say. */
  write({ path, keyed = false, ...request }: WriteRequest, call: WriteCall): Promise<Reply> {
    return this.send({ ...request, url: path, retry: keyed ? 'keyed' : 'never' }, call);
  }

  /** A write reads what it is about to change: it needs everything in it. */
  #keep(resource: Resource<ResourceType>, document: unknown, call: Call): void {
    if (call.departures !== undefined) this.#documents.set(resource, document as Element);
  }

  /** The document of a resource that was read for a write; `undefined` where it or its version is not told. */
  keptOf<T extends ResourceType>(resource: Resource<T>): Original<T> | undefined {
    const document = this.#documents.get(resource);
    const tag = tagOf(resource);
    return document === undefined || tag === undefined || isSubset(resource) ? undefined : { resource, document, tag };
  }

  get sourceId(): string {
    return this.#source.id;
  }

  /** The failure that an answer to a read stands for, if it is one. */
  failure(reply: Reply): GraphError | undefined {
    return failureOf(reply, this.#source.id, this.profile, this.#now());
  }

  /** @throws GraphError BAD_VENDOR_ANSWER when the answer is another resource than the asked one. */
  async read<T extends ResourceType>(type: T, id: string, call: Call): Promise<Reading<T>> {
    const reply = await this.#get(`/${type}/${id}`, `GET ${type}/{id}`, call);
    if (isRedirect(reply.status) || hasCode(reply.issues, MERGED)) return this.#moved(type, id, reply);
    const failure = this.failure(reply);
    if (failure?.code === 'NOT_FOUND') return { absent: true };
    if (failure !== undefined) throw failure;
    const resource = toResource(type, reply.document, this.#source.id);
    if (resource.id !== id) throw this.#bad();
    this.#keep(resource, reply.document, call);
    return { found: resource };
  }

  /**
   * The resource with everything in it, as the server wrote it: for a change, which must lose nothing.
   * @throws GraphError NOT_FOUND when it is not there
   */
  async original<T extends ResourceType>(type: T, id: string, call: Call): Promise<Original<T>> {
    const reply = await this.#get(`/${type}/${id}`, `GET ${type}/{id}`, call);
    const failure = isRedirect(reply.status) ? this.#bad() : this.failure(reply);
    if (failure !== undefined) throw failure;
    const resource = toResource(type, reply.document, this.#source.id);
    if (resource.id !== id || isSubset(resource)) throw this.#bad();
    return { resource, document: reply.document as Element, tag: tagOf(resource) ?? reply.headers.etag };
  }

  /** Epic answers a merged record with 4107 and the survivor's address. */
  #moved(type: ResourceType, id: string, reply: Reply): { readonly movedTo: string } {
    const target = toTarget(reply.headers.location, this.base);
    if (target === undefined || target.type !== type || target.id === id) throw this.#bad();
    return { movedTo: target.id };
  }

  /**
   * Reads a list page by page until `enough` says so or it ends. A server that refuses includes is asked without them.
   * @throws TooLong when it has more pages than are read, GraphError BAD_VENDOR_ANSWER when it goes on at another server.
   */
  async search<T extends ResourceType>(
    type: T,
    params: readonly Param[],
    call: Call,
    enough: (matches: readonly Resource<T>[]) => boolean = () => false,
  ): Promise<Listing<T>> {
    const bare = params.filter((param) => !isInclude(param));
    if (bare.length === params.length || this.#bare.has(type)) return this.#list(type, bare, call, enough);
    try {
      return await this.#list(type, params, call, enough);
    } catch (thrown) {
      if (!(thrown instanceof GraphError) || thrown.status !== 400) throw thrown;
      const listing = await this.#list(type, bare, call, enough);
      this.#bare.add(type);
      return listing;
    }
  }

  async #list<T extends ResourceType>(
    type: T,
    params: readonly Param[],
    call: Call,
    enough: (matches: readonly Resource<T>[]) => boolean,
  ): Promise<Listing<T>> {
    try {
      return await this.#pages(type, params, call, enough);
    } catch (thrown) {
      if (thrown instanceof SessionExpired) return this.#pages(type, params, call, enough);
      throw thrown;
    }
  }

  async #pages<T extends ResourceType>(
    type: T,
    params: readonly Param[],
    call: Call,
    enough: (matches: readonly Resource<T>[]) => boolean,
  ): Promise<Listing<T>> {
    const matches = new Map<string, Resource<T>>();
    const included = new Included(this.#source.id);
    let self: string | undefined;
    const asked = (param: string): boolean => params.some(([name]) => name === param);
    const told = (param: string): boolean => self !== undefined && new URLSearchParams(self).has(param);
    const ignored = (param: string): boolean => !asked(param) || (self !== undefined && !told(param));
    const honoured = (param: string): boolean => asked(param) && told(param);
    const listing = (complete: boolean): Listing<T> => ({
      matches: [...matches.values()],
      included,
      ignored,
      honoured,
      complete,
    });
    let path: string | undefined = searchPath(type, params);
    for (let page = 1; path !== undefined; page++) {
      if (page > MOST_PAGES) throw new TooLong(this.#source.id);
      const bundle = await this.#page(type, path, page, call);
      this.#sort(type, bundle, matches, included, call);
      self ??= queryOf(linkOf(bundle, 'self'), this.base);
      const next: string | undefined = linkOf(bundle, 'next');
      if (next === undefined) break;
      if (enough([...matches.values()])) return listing(false);
      path = withinBase(next, this.base);
      if (path === undefined) throw this.#bad();
    }
    return listing(true);
  }

  /** What was searched for, and what came along. */
  #sort<T extends ResourceType>(
    type: T,
    bundle: Bundle,
    matches: Map<string, Resource<T>>,
    included: Included,
    call: Call,
  ): void {
    const isMatch = ({ resource, search }: Bundle['entry'][number]): boolean =>
      resource?.resourceType === type && search?.mode !== 'include';
    const isForeign = foreignTo(bundle.entry.filter(isMatch), this.#source.baseUrl);
    for (const entry of bundle.entry) {
      const { resource, search } = entry;
      if (resource === undefined || search?.mode === 'outcome' || resource.resourceType === 'OperationOutcome')
        continue;
      if (isMatch(entry)) {
        const match = toResource(type, resource, this.#source.id);
        this.#keep(match, resource, call);
        keepNewest(matches, match);
      } else if (!isForeign(entry)) included.add(resource);
    }
  }

  async #page(type: ResourceType, path: string, page: number, call: Call): Promise<Bundle> {
    const reply = await this.#get(path, `GET ${type}`, call);
    if (page > 1 && hasCode(reply.issues, SESSION_EXPIRED)) throw new SessionExpired();
    if (hasCode(reply.issues, NO_RESULTS)) return { resourceType: 'Bundle', link: [], entry: [] };
    const failure = this.failure(reply);
    if (failure?.code === 'NOT_FOUND' && !saysWhy(reply.issues))
      throw new GraphError('UNSUPPORTED_BY_VENDOR', { source: this.#source.id, status: reply.status });
    if (failure !== undefined) throw failure;
    return toBundle(reply.document, this.#source.id);
  }

  #bad(): GraphError {
    return new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
  }
}

/** The list has more pages than are read. */
export class TooLong extends GraphError {
  constructor(source: string) {
    super('VALIDATION', { source, message: 'The vendor’s list is too long: narrow the search.' });
  }
}

const linkOf = (bundle: Bundle, relation: string): string | undefined =>
  bundle.link.find((link) => link.relation === relation)?.url;

const queryOf = (link: string | undefined, base: Base): string | undefined =>
  link === undefined ? undefined : URL.parse(link, base.origin)?.search;

/** Inside the client only: the server has forgotten the search that a `next` link belongs to. */
class SessionExpired extends Error {}

/** Oracle may repeat a record on the next page when it changes meanwhile: the newest is the one to keep. */
const keepNewest = <T extends ResourceType>(matches: Map<string, Resource<T>>, resource: Resource<T>): void => {
  const known = matches.get(resource.id);
  const [before, now] = [known?.meta?.lastUpdated, resource.meta?.lastUpdated].map((at) => Date.parse(at ?? ''));
  if (known === undefined || before === undefined || now === undefined || !(before > now))
    matches.set(resource.id, resource);
};

const isInclude = ([name]: Param): boolean => /^_(rev)?include(:|$)/.test(name);
