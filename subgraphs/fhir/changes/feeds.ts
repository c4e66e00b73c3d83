import type { Call } from '../../../upstream/call.ts';
import type { Feed, FeedPage } from '../../vendor/changes/feed.ts';
import type { Service } from '../service.ts';
import { NOTICES, versionOf } from './noticed.ts';
import { overlapping, type Place, readPlace, remembered, writePlace } from './place.ts';
import { Walk, type Watched } from './walk.ts';

const EVERY_MS = 5000;

/** What of one type changed, by `_lastUpdated` (https://hl7.org/fhir/R4/search.html#lastUpdated). */
class TypeFeed<T extends Watched> implements Feed {
  readonly name: T;
  readonly everyMs = EVERY_MS;
  readonly calls = 1;
  readonly #service: Service;
  readonly #walk: Walk<T>;

  constructor(service: Service, type: T) {
    this.name = type;
    this.#service = service;
    this.#walk = new Walk(service, type);
  }

  /** Its clock may only hold a place back: a stamp of the future must not hide what is changed until then. */
  get #now(): number {
    return Math.floor(this.#service.now() / 1000);
  }

  async begin(call: Call): Promise<string> {
    const newest = Math.min(await this.#walk.newest(call), this.#now);
    let page = await this.read(writePlace({ ...overlapping(newest), seen: [] }), call);
    while (page.more) page = await this.read(page.place, call);
    return page.place;
  }

  async read(written: string, call: Call): Promise<FeedPage> {
    const place = readPlace(written);
    const { rows, next } = await this.#walk.from(place.from, place.at, call);
    const known = new Map(place.seen.map(({ id, version }) => [id, version]));
    const versions = rows.map(({ resource, second }) => ({
      id: resource.id,
      second,
      version: versionOf(resource, this.#service),
    }));
    const noticed = rows.flatMap(({ resource }, i) =>
      known.get(resource.id) === versions[i]?.version ? [] : (NOTICES[this.name](resource, this.#service) ?? []),
    );
    const ahead = this.#behind(place, next, Math.max(place.at, ...versions.map(({ second }) => second)));
    const seen = remembered(place.seen, versions, overlapping(ahead.at).from);
    return { noticed, place: writePlace({ ...ahead, seen }), more: next !== undefined };
  }

  /** Where to read on: with an overlap, except within a list that is too long to be begun again. */
  #behind({ at }: Place, next: number | undefined, newest: number): Pick<Place, 'at' | 'from'> {
    const reached = Math.min(next === undefined ? newest : next - 1, this.#now);
    if (next === undefined) return overlapping(Math.max(at, reached));
    return reached > at ? overlapping(reached) : { at, from: next };
  }
}

/** How changes are asked for at a server of this profile; none where it does not search by when something changed. */
export const feedsOf = (service: Service): readonly Feed[] => {
  const { changes, claims } = service.profile;
  const explained = changes.types.includes('Claim') && claims.outcome !== 'none';
  return [
    ...changes.types.map((type) => new TypeFeed(service, type)),
    ...(explained ? [new TypeFeed(service, 'ExplanationOfBenefit')] : []),
  ];
};
