import type { Resource } from '@medplum/fhirtypes';
import { stringify } from 'lossless-json';
import type { Happening } from '../happenings.ts';
import type { Practice, Slot } from '../practice.ts';
import type { Attached } from './documents.ts';
import {
  appointmentItems,
  claimItems,
  type Draft,
  documentItems,
  encounterKey,
  type Item,
  itemsOf,
  namesOf,
  observationItem,
  patientItems,
  practitionerItems,
  slotItem,
  watch,
} from './resources.ts';
import type { Store } from './store.ts';

interface Seen {
  readonly record: unknown;
  readonly stamp: string;
  readonly type: string;
  readonly id: string;
  /** How many drafts the record had. */
  readonly drafts: number;
}

export interface MirrorOptions {
  readonly practice: Practice;
  readonly store: Store;
  readonly now: () => number;
  /** Slots that bookings took; none when absent. */
  readonly busy?: () => readonly Slot[];
  readonly attached?: Attached;
}

/** From the end: what was just written mostly stands there. */
const byId = <T extends { readonly id: number }>(list: readonly T[], id: number): T | undefined =>
  list.findLast((record) => record.id === id);

/** Keeps a store in step with a practice: a changed record is a newer version, one that left the practice is gone. */
export class Mirror {
  readonly #practice: Practice;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #busy: () => readonly Slot[];
  readonly #attached: Attached;
  readonly #seen = new Map<string, Seen>();
  readonly #watched: unknown[] = [];
  #opened = false;

  constructor({ practice, store, now, busy = () => [], attached = 'inline' }: MirrorOptions) {
    this.#practice = practice;
    this.#store = store;
    this.#now = now;
    this.#busy = busy;
    this.#attached = attached;
  }

  /** Takes over what changed since the last time. */
  refresh(): void {
    if (!this.#differs()) return;
    const items = itemsOf(this.#practice, {
      busy: this.#busy(),
      attached: this.#attached,
      hasEncounter: (id) => this.#seen.has(encounterKey(id)),
    });
    const keys = new Set(items.map(({ key }) => key));
    for (const item of items) this.#take(item);
    this.#opened = true;
    for (const [key, { type, id }] of this.#seen)
      if (!keys.has(key)) {
        this.#store.remove(type, id);
        this.#seen.delete(key);
      }
  }

  /** Takes over one record that just changed, without looking at the others. */
  take({ type, id }: Pick<Happening, 'type' | 'id'>): void {
    for (const item of this.#itemsOf(type, id)) this.#take(item);
  }

  /** Takes over that bookings took or freed slots since the last time. */
  takeSlots(): void {
    const busy = this.#busy();
    const taken = new Set(busy.map(({ id }) => id));
    for (const slot of busy) this.#take(slotItem(slot, 'busy'));
    for (const slot of this.#practice.slots) if (!taken.has(slot.id)) this.#take(slotItem(slot, 'free'));
  }

  #itemsOf(type: Happening['type'], id: number): readonly Item[] {
    const { patients, practitioners, locations, appointments, observations, claims, documents } = this.#practice;
    const patient = (one: number) => byId(patients, one);
    const made = <T extends { readonly id: number }>(list: readonly T[], items: (record: T) => readonly Item[]) => {
      const record = byId(list, id);
      return record === undefined ? [] : items(record);
    };
    switch (type) {
      case 'Patient':
        return made(patients, patientItems);
      case 'Appointment': {
        const practitioner = (one: number) => byId(practitioners, one);
        const names = namesOf({ patient, practitioner, location: (one) => byId(locations, one) });
        const isNamed = (one: number): boolean => this.#seen.has(encounterKey(one));
        return made(appointments, (appointment) => appointmentItems(appointment, names, isNamed));
      }
      case 'Observation':
        return made(observations, (observation) => [observationItem(observation)]);
      case 'Claim':
        return made(claims, (claim) => claimItems(claim, patient));
      case 'Document':
        return made(documents, (document) => documentItems(document, this.#attached));
      case 'Practitioner':
        return made(practitioners, practitionerItems);
      default:
        return [];
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

  /**
   * The time of a first version is the practice's own, but of a resource that was not there when the server opened at
   * least the present: else whoever asks for what changed since a moment would never learn of it. The time of a later
   * version, when it is not after the last, is the present. No version has the time of the one before.
   */
  #put({ resource, at }: Draft, first: boolean): void {
    const before = this.#store.versions(resource.resourceType, resource.id ?? '');
    const known = at === undefined ? this.#now() : Date.parse(at);
    const told = first && this.#opened ? Math.max(known, this.#now()) : known;
    const earlier = before.at(-1)?.lastUpdated ?? 0;
    const lastUpdated = first || told > earlier ? told : Math.max(this.#now(), earlier + 1);
    const versionId = String(before.length + 1);
    const meta = { versionId, lastUpdated: new Date(lastUpdated).toISOString() };
    const { resourceType, id, ...rest } = resource;
    const text = stringify({ resourceType, id, meta, ...rest }) ?? '';
    this.#store.put({ resource: JSON.parse(text) as Resource, text, versionId, lastUpdated });
  }
}
