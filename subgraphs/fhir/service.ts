import QuickLRU from 'quick-lru';
import { GraphError } from '../../schema/errors.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { FhirClient } from './client.ts';
import { IdReader } from './ids.ts';
import type { MappingContext } from './mapping/context.ts';
import type { Param, Profile } from './rules.ts';

/** Merges are rare: as many as this are remembered. */
const MOST_ALIASES = 1000;

/** One source as the parts of its connector share it. */
export class Service {
  readonly client: FhirClient;
  readonly ids: IdReader;
  readonly profile: Profile;
  /** Calls at a time where one question needs many. */
  readonly concurrency: number;
  /** Patients that the vendor merged into others: the id that was asked for, and the one that it goes on under. */
  readonly aliases = new QuickLRU<string, string>({ maxSize: MOST_ALIASES });
  readonly #source: SourceSettings;
  readonly #now: () => number;

  constructor(source: SourceSettings, upstream: Upstream, now: () => number) {
    this.#source = source;
    this.#now = now;
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
