import type { Call } from '../../upstream/call.ts';
import { inParallel, settled } from '../vendor/parallel.ts';
import { searchPath } from './address.ts';
import type { FhirClient, Listing, Reading } from './client.ts';
import { Included } from './included.ts';
import { isSubset, type Resource, type ResourceType } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import type { Param } from './rules.ts';
import { mayDivide } from './together.ts';

/** No server publishes a limit; these two keep within what common gateways take. */
const MOST_IDS = 50;
const LONGEST_URL = 2000;

/** The ids in groups that fit into one call beside what else stands in its URL. */
export const inGroups = (ids: readonly string[], urlWithout: number): readonly (readonly string[])[] => {
  const groups: string[][] = [];
  let length = 0;
  for (const id of ids) {
    const group = groups.at(-1);
    if (group === undefined || group.length >= MOST_IDS || length + id.length + 1 > LONGEST_URL - urlWithout) {
      groups.push([id]);
      length = id.length;
    } else {
      group.push(id);
      length += id.length + 1;
    }
  }
  return groups;
};

export interface Readings<T extends ResourceType> {
  /** What became of every id that was asked for. */
  readonly byId: ReadonlyMap<string, Reading<T> | Error>;
  readonly included: Included;
  /** Did a search by `_id` leave this parameter out, or was one read singly, without any? */
  ignored(param: string): boolean;
  /** Did every search by `_id` go by this parameter, by the server's own word, and find all that there are? */
  honoured(param: string): boolean;
}

interface Extra {
  /** Further parameters of the search by `_id`, such as what to include. */
  readonly params?: readonly Param[];
  /** Search by `_id` even for one id, and even one by one, since `params` are needed. */
  readonly always?: boolean;
}

/** Reads by id in as few calls as the server takes: `_id=a,b,c` where it may, one read each where not. */
export class IdReader {
  readonly #client: FhirClient;
  readonly #concurrency: number;
  readonly #baseLength: number;
  /** What asking has shown about servers that do not document `_id` lists. */
  readonly #proven = new Map<ResourceType, boolean>();
  /** Types of which this server's searches tell only a part. */
  readonly #shortened = new Set<ResourceType>();

  constructor(client: FhirClient, baseUrl: string, concurrency: number) {
    this.#client = client;
    this.#baseLength = baseUrl.length;
    this.#concurrency = concurrency;
  }

  async read<T extends ResourceType>(
    type: T,
    ids: readonly string[],
    call: Call,
    extra: Extra = {},
  ): Promise<Readings<T>> {
    const byId = new Map<string, Reading<T> | Error>();
    const listings: Listing<T>[] = [];
    const unique = [...new Set(ids)];
    for (const id of unique) if (!isId(id)) byId.set(id, { absent: true });
    const real = unique.filter(isId);
    const missing = await inParallel(this.#groups(type, real, extra), this.#concurrency, (group) =>
      this.#list(type, group, call, extra, byId, listings),
    );
    const listed = new Set([...byId.keys(), ...missing.flat()]);
    const left = [...missing.flat(), ...real.filter((id) => !listed.has(id))];
    const single = await inParallel(left, this.#concurrency, (id) => settled(() => this.#client.read(type, id, call)));
    for (const [i, id] of left.entries()) byId.set(id, single[i] ?? { absent: true });
    this.#learn(type, left, byId);
    const included = new Included(this.#client.sourceId);
    for (const listing of listings) included.merge(listing.included);
    const bare = left.some((id) => 'found' in (byId.get(id) ?? {}));
    return {
      byId,
      included,
      ignored: (param) => bare || listings.some((listing) => listing.ignored(param)),
      honoured: (param) => !bare && listings.length > 0 && listings.every((listing) => listing.honoured(param)),
    };
  }

  /** The ids by the searches that ask for them; those that are better read singly are in none. */
  #groups(type: ResourceType, ids: readonly string[], extra: Extra): readonly (readonly string[])[] {
    const searched = this.#client.profile.idLists[type] !== undefined && !this.#shortened.has(type);
    if (!searched || (ids.length < 2 && extra.always !== true)) return [];
    if (!this.#takesLists(type)) return extra.always === true ? ids.map((id) => [id]) : [];
    return inGroups(ids, this.#baseLength + searchPath(type, this.#params(type, [], extra)).length);
  }

  #takesLists(type: ResourceType): boolean {
    const rule = this.#client.profile.idLists[type];
    return rule === 'yes' || (rule === 'probe' && this.#proven.get(type) !== false);
  }

  #params(type: ResourceType, ids: readonly string[], extra: Extra): readonly Param[] {
    const { profile } = this.#client;
    const count = String(Math.min(Math.max(ids.length, 1), largestPage(profile, type)));
    return [
      ['_id', ids.join(',')],
      ...(profile.countParam === undefined ? [] : ([[profile.countParam, count]] as const)),
      ...(extra.params ?? []),
    ];
  }

  /** Reads one group by `_id`; answers the ids that must still be read singly. */
  async #list<T extends ResourceType>(
    type: T,
    ids: readonly string[],
    call: Call,
    extra: Extra,
    byId: Map<string, Reading<T> | Error>,
    listings: Listing<T>[],
    half = false,
  ): Promise<readonly string[]> {
    const asked = new Set(ids);
    const listing = await settled(() =>
      this.#client.search(
        type,
        this.#params(type, ids, extra),
        call,
        (rows) => rows.length >= ids.length || rows.some(({ id }) => !asked.has(id)),
      ),
    );
    if (!(listing instanceof Error)) {
      listings.push(listing);
      return this.#sortIn(type, ids, listing.matches, byId);
    }
    if (mayDivide(listing)) {
      if (this.#isOpen(type)) {
        this.#proven.set(type, false);
        return ids;
      }
      if (!half && ids.length > 1) {
        const middle = Math.ceil(ids.length / 2);
        const missing = await inParallel([ids.slice(0, middle), ids.slice(middle)], this.#concurrency, (part) =>
          this.#list(type, part, call, extra, byId, listings, true),
        );
        return missing.flat();
      }
    }
    for (const id of ids) byId.set(id, listing);
    return [];
  }

  #sortIn<T extends ResourceType>(
    type: T,
    ids: readonly string[],
    matches: readonly Resource<T>[],
    byId: Map<string, Reading<T> | Error>,
  ): readonly string[] {
    const found = new Map(matches.map((resource) => [resource.id, resource]));
    const back = ids.filter((id) => found.has(id));
    const strangers = matches.length > back.length; // `_id` was not what the server went by
    if (this.#isOpen(type) && back.length > 1 && !strangers) this.#proven.set(type, true);
    const merges = type === 'Patient' && this.#client.profile.mergesShowOnlyOnRead;
    const doubt = (this.#isOpen(type) && ids.length > 1) || strangers || merges;
    const missing: string[] = [];
    for (const id of ids) {
      const resource = found.get(id);
      if (resource !== undefined && isSubset(resource)) {
        this.#shortened.add(type);
        missing.push(id);
      } else if (resource !== undefined) byId.set(id, { found: resource });
      else if (doubt) missing.push(id);
      else byId.set(id, { absent: true });
    }
    return missing;
  }

  /** May the server take lists of this type, or not? */
  #isOpen(type: ResourceType): boolean {
    return this.#client.profile.idLists[type] === 'probe' && !this.#proven.has(type);
  }

  /** A list that left out what a read then found: this server does not take lists. */
  #learn<T extends ResourceType>(
    type: T,
    single: readonly string[],
    byId: ReadonlyMap<string, Reading<T> | Error>,
  ): void {
    if (!this.#isOpen(type) || byId.size < 2) return;
    const missed = single.some((id) => {
      const reading = byId.get(id);
      return reading !== undefined && 'found' in reading;
    });
    if (missed) this.#proven.set(type, false);
  }
}
