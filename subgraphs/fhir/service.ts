import { GraphError } from '../../schema/errors.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { SourceCache } from '../../upstream/cache.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { freshMs } from '../vendor/questions.ts';
import { FhirClient } from './client.ts';
import { IdReader } from './ids.ts';
import { KeptSearches } from './kept.ts';
import type { MappingContext } from './mapping/context.ts';
import { Merges } from './merges.ts';
import type { Resource, ResourceType } from './payload.ts';
import type { Param, Profile } from './rules.ts';
import type { Original } from './writes/wire.ts';

/** One source as the parts of its connector share it. */
export class Service {
  readonly client: FhirClient;
  readonly cache: SourceCache;
  readonly ids: IdReader;
  readonly profile: Profile;
  /** Calls at a time where one question needs many. */
  readonly concurrency: number;
  readonly merges: Merges;
  readonly searches: KeptSearches;
  /** What records were made of, as long as somebody has the record: only of those that were read for a write. */
  readonly #originals = new WeakMap<object, Original<ResourceType>>();
  readonly #source: SourceSettings;
  readonly #now: () => number;

  constructor(source: SourceSettings, upstream: Upstream, now: () => number) {
    this.#source = source;
    this.#now = now;
    this.cache = upstream.cache;
    this.merges = new Merges(upstream.cache);
    this.searches = new KeptSearches(upstream.cache, freshMs('Patient', source.cache));
    this.client = new FhirClient(source, upstream, now);
    this.profile = this.client.profile;
    this.concurrency = source.limits.concurrency;
    this.ids = new IdReader(this.client, source.baseUrl, this.concurrency);
  }

  get source(): string {
    return this.#source.id;
  }

  /** Length of `url` with the source's base before it. */
  urlLength(path: string): number {
    return this.#source.baseUrl.length + path.length;
  }

  /** How long something of this type is kept here: this long, or not at all where the source says so. */
  keptMs(type: RecordType, longest: number): number {
    const seconds = this.#source.cache.ttlSeconds[type];
    return seconds === undefined ? longest : Math.min(seconds * 1000, longest);
  }

  /** A record made of a resource, from which `originalOf` finds back. */
  made<R extends object>(record: R, resource: Resource<ResourceType>): R {
    const original = this.client.keptOf(resource);
    if (original !== undefined) this.#originals.set(record, original);
    return record;
  }

  originalOf(record: object): Original<ResourceType> | undefined {
    return this.#originals.get(record);
  }

  now(): number {
    return this.#now();
  }

  context(): MappingContext {
    return {
      base: this.client.base,
      zone: this.#source.timeZone,
      asOf: new Date(this.#now()).toISOString(),
      labCodes: this.#source.labCodes,
    };
  }

  count(rows: number): readonly Param[] {
    const { countParam } = this.profile;
    return countParam === undefined ? [] : [[countParam, String(rows)]];
  }

  unsupported(message?: string): GraphError {
    return new GraphError('UNSUPPORTED_BY_VENDOR', {
      source: this.source,
      ...(message === undefined ? {} : { message }),
    });
  }

  bad(): GraphError {
    return new GraphError('BAD_VENDOR_ANSWER', { source: this.source });
  }
}
