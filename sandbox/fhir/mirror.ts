import type { Resource } from '@medplum/fhirtypes';
import { stringify } from 'lossless-json';
import type { Practice } from '../practice.ts';
import { type Draft, type Item, itemsOf, watch } from './resources.ts';
import type { Store } from './store.ts';

interface Seen {
  readonly record: unknown;
  readonly stamp: string;
  readonly type: string;
  readonly id: string;
  /** How many drafts the record had. */
  readonly drafts: number;
}

/** Keeps a store in step with a practice: a changed record is a newer version, one that left the practice is gone. */
export class Mirror {
  readonly #practice: Practice;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();
  readonly #watched: unknown[] = [];

  constructor(practice: Practice, store: Store, now: () => number) {
    this.#practice = practice;
    this.#store = store;
    this.#now = now;
  }

  /** Takes over what changed since the last time. */
  refresh(): void {
    if (!this.#differs()) return;
    const items = itemsOf(this.#practice);
    const keys = new Set(items.map(({ key }) => key));
    for (const item of items) this.#take(item);
    for (const [key, { type, id }] of this.#seen)
      if (!keys.has(key)) {
        this.#store.remove(type, id);
        this.#seen.delete(key);
      }
  }

  #differs(): boolean {
    let at = 0;
    let differs = false;
    watch(this.#practice, (value) => {
      if (this.#watched[at] !== value) {
        differs = true;
        this.#watched[at] = value;
      }
      at += 1;
    });
    // A practice of which only the end was taken away has the same beginning.
    if (this.#watched.length > at) {
      differs = true;
      this.#watched.length = at;
    }
    return differs;
  }

  #take({ key, record, stamp, drafts }: Item): void {
    const seen = this.#seen.get(key);
    if (seen !== undefined && seen.record === record && seen.stamp === stamp) return;
    const all = drafts();
    // A correction adds a draft to those already taken; any other change is a new form of the last one.
    const fresh = all.slice(Math.min(seen?.drafts ?? 0, all.length - 1));
    for (const draft of fresh) this.#put(draft, seen === undefined);
    const resource = all.at(-1)?.resource;
    if (resource?.id === undefined) return;
    this.#seen.set(key, { record, stamp, type: resource.resourceType, id: resource.id, drafts: all.length });
  }

  /** The time of a first version is the practice's own; of a later one, when it is not after the last, the present. */
  #put({ resource, at }: Draft, first: boolean): void {
    const before = this.#store.versions(resource.resourceType, resource.id ?? '');
    const told = at === undefined ? this.#now() : Date.parse(at);
    const lastUpdated = first || told > (before.at(-1)?.lastUpdated ?? 0) ? told : this.#now();
    const versionId = String(before.length + 1);
    const meta = { versionId, lastUpdated: new Date(lastUpdated).toISOString() };
    const { resourceType, id, ...rest } = resource;
    const text = stringify({ resourceType, id, meta, ...rest }) ?? '';
    this.#store.put({ resource: JSON.parse(text) as Resource, text, versionId, lastUpdated });
  }
}
