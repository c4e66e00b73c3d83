import type { Received, Reply } from '../server.ts';
import { type Entry, history, searchset, subset } from './bundle.ts';
import { FHIR_JSON, outcomeOf, Refused } from './faults.ts';
import type { Page, Pages } from './pages.ts';
import type { Parameters } from './parameters.ts';
import { type Profile, survivorOf } from './profile.ts';
import { type Pair, type Query, readQuery } from './query.ts';
import type { Search } from './search.ts';
import type { Permission } from './signin.ts';
import { keyOf, type Store, type Version } from './store.ts';

export interface Server {
  readonly profile: Profile;
  readonly store: Store;
  readonly parameters: Parameters;
  readonly search: Search;
  readonly pages: Pages;
  /** References of its own resources are written relative and may be made absolute. */
  readonly ownResources: boolean;
  /** Each page but the first begins with the last entry of the page before. */
  readonly repeatOnPages: boolean;
}

/** Who asks, and under which address. */
export interface Asker {
  readonly base: string;
  readonly permits: Permission;
}

const ok = (body: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  headers: { 'content-type': FHIR_JSON, ...headers },
  body,
});

/** The text as this server sends it: as stored, or with the server's address in front of relative references. */
export const written = ({ ownResources, profile }: Server, base: string, text: string): string =>
  ownResources && profile.absoluteReferences
    ? text.replaceAll(/"reference":"(?=[A-Z][A-Za-z]+\/)/g, `"reference":"${base}/`)
    : text;

const query = (pairs: readonly Pair[]): string => (pairs.length === 0 ? '' : `?${new URLSearchParams([...pairs])}`);

const known = ({ profile, parameters }: Server, type: string): NonNullable<ReturnType<Profile['allowed']>> => {
  const allowed = profile.allowed(type, parameters.knows(type));
  if (allowed === undefined) throw new Refused('unknown-type');
  return allowed;
};

/** Answers a read with version headers; 304 when the asker already has this version. */
export const readAnswer = (server: Server, asker: Asker, request: Received, type: string, id: string): Reply => {
  known(server, type);
  if (!asker.permits(type, 'read')) throw new Refused('no-scope');
  const version = server.store.current(type, id);
  if (version === undefined) throw new Refused(server.store.wasRemoved(type, id) ? 'gone' : 'not-found');
  const survivor = survivorOf(version);
  if (server.profile.name === 'epic' && survivor !== undefined)
    throw new Refused('merged', { location: new URL(survivor, `${asker.base}/`).href });
  return versionAnswer(server, asker, request, version);
};

const versionAnswer = (server: Server, { base }: Asker, request: Received, version: Version): Reply => {
  const headers = {
    etag: `W/"${version.versionId}"`,
    'last-modified': new Date(version.lastUpdated).toUTCString(),
  };
  if (request.headers['if-none-match'] === headers.etag) return { status: 304, headers, body: '' };
  return ok(written(server, base, version.text), headers);
};

/** `_since`: an instant, from which on versions are told; https://hl7.org/fhir/R4/http.html#history. */
const sinceOf = ({ query: asked }: Received): number => {
  const text = asked.get('_since');
  if (text === null) return Number.NEGATIVE_INFINITY;
  const since = /T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(since)) throw new Refused('bad-value');
  return since;
};

/** Answers with one earlier version, or with all of them. */
export const historyAnswer = (
  server: Server,
  asker: Asker,
  request: Received,
  asked: { readonly type: string; readonly id: string; readonly versionId?: string },
): Reply => {
  known(server, asked.type);
  if (!server.profile.history) throw new Refused('unknown-path');
  if (!asker.permits(asked.type, 'read')) throw new Refused('no-scope');
  const versions = server.store.versions(asked.type, asked.id);
  if (versions.length === 0) throw new Refused('not-found');
  if (asked.versionId === undefined) {
    const since = sinceOf(request);
    return ok(
      history(
        asker.base,
        versions.filter(({ lastUpdated }) => lastUpdated >= since),
      ),
    );
  }
  const version = versions.find(({ versionId }) => versionId === asked.versionId);
  if (version === undefined) throw new Refused('not-found');
  return versionAnswer(server, asker, request, version);
};

/** Parameters in the address and, for POST, in the form. References to this very server lose its address. */
const pairsOf = ({ profile }: Server, { base }: Asker, request: Received, form: boolean): readonly Pair[] => {
  const address = [...request.query].filter(([name]) => !form || !profile.formOnly || name === '_format');
  if (form && !/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
    throw new Refused('media-type');
  return [...address, ...(form ? new URLSearchParams(request.body) : [])].map(([name, value]) => [
    name,
    value.replaceAll(`${base}/`, ''),
  ]);
};

/** Answers a search or a further page of one. */
export const searchAnswer = (server: Server, asker: Asker, request: Received, type: string, form: boolean): Reply => {
  const { profile, parameters, search, pages } = server;
  const allowed = known(server, type);
  if (!asker.permits(type, 'search')) throw new Refused('no-scope');
  const pairs = pairsOf(server, asker, request, form);
  const place = profile.pagePlace(pairs);
  if (place === 'unreadable') throw new Refused('page-expired');
  if (place !== undefined) return pageAnswer(server, asker, pages.later(type, place), pairs);
  const asked = readQuery(type, pairs, allowed, parameters);
  const strict = /\bhandling=strict\b/.test(request.headers.prefer ?? '');
  const found = profile.find(asked, search, strict);
  const self = profile.echoIgnored ? pairs : asked.used;
  if (asked.countOnly && profile.total === 'result') return countAnswer(asker, type, self, found.matches.length);
  const page = pages.first({ ...found, query: asked, size: profile.pageSize(asked) });
  return pageAnswer(server, asker, page, self);
};

const countAnswer = ({ base }: Asker, type: string, self: readonly Pair[], total: number): Reply =>
  ok(searchset({ links: [['self', `${base}/${type}${query(self)}`]], total, entries: [], entryLinks: false }));

const entry =
  (server: Server, base: string, asked: Query, mode: 'match' | 'include') =>
  (version: Version): Entry => {
    const text = written(server, base, version.text);
    return {
      fullUrl: `${base}/${keyOf(version)}`,
      text: asked.elements.length === 0 || mode === 'include' ? text : subset(text, asked.elements),
      mode,
    };
  };

/** The page's matches, after the entry that the page before ended with, as it stands now. */
const matchesOf = ({ repeatOnPages, store }: Server, { matches, previous }: Page): readonly Version[] => {
  const again = repeatOnPages && previous !== undefined ? store.current(previous.type, previous.id) : undefined;
  return again === undefined ? matches : [again, ...matches];
};

const pageAnswer = (server: Server, asker: Asker, page: Page, self: readonly Pair[]): Reply => {
  const { profile, search } = server;
  const { base, permits } = asker;
  const { result, place, more } = page;
  const matches = matchesOf(server, page);
  const included = search
    .include(matches, result.query.includes, profile.followIncludes)
    .filter(({ type }) => permits(type, 'read') && profile.allowed(type, true) !== undefined);
  const warnings = place.page === 1 ? result.warnings : [];
  const next = profile.pageLink({ session: place.session, page: place.page + 1 }, self);
  const address = `${base}/${result.query.type}`;
  const totals = { result: result.matches.length, page: matches.length, none: undefined };
  return ok(
    searchset({
      links: [['self', `${address}${query(self)}`], ...(more ? ([['next', `${address}${query(next)}`]] as const) : [])],
      total: result.query.total ? totals[profile.total] : undefined,
      entryLinks: profile.entryLinks,
      entries: [
        ...matches.map(entry(server, base, result.query, 'match')),
        ...included.map(entry(server, base, result.query, 'include')),
        ...(warnings.length === 0
          ? []
          : [
              {
                fullUrl: 'urn:uuid:00000000-0011-0000-0000-000000000001',
                text: JSON.stringify(
                  outcomeOf(
                    profile.name,
                    warnings.map((fault) => ({ fault })),
                  ),
                ),
                mode: 'outcome' as const,
              },
            ]),
      ],
    }),
  );
};
