import type { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import { type AthenanetClient, ROWS_AT_ONCE } from '../client.ts';
import { toLocation, toPractitioner, toZone } from '../mapping/directory.ts';
import { DepartmentPayload, ProviderPayload } from '../payload/directory.ts';
import { selectsOf } from './selected.ts';

const DEPARTMENTS = 'departments';
/** athenahealth allows departments and providers to be cached (docs: online scheduling); they change rarely. */
const KEPT_MS = 3_600_000;
const WHOLE = { limit: ROWS_AT_ONCE } as const;

/** What hardly changes at a practice: departments with their zones and providers, one call each an hour. */
export class Directory {
  readonly #source: SourceSettings;
  readonly #client: AthenanetClient;
  readonly #cache: SourceCache;

  constructor(source: SourceSettings, client: AthenanetClient, cache: SourceCache) {
    this.#source = source;
    this.#client = client;
    this.#cache = cache;
  }

  /** All departments, those hidden from the portal too, in the vendor's order. */
  async locations(call: Call): Promise<readonly Mapped<'Location'>[]> {
    return this.#cache.through(DEPARTMENTS, 'all', KEPT_MS, call, async (shared) => {
      const read = { name: 'GET /departments', path: '/departments', query: { showalldepartments: 'true' } };
      const rows = await this.#client.all(read, 'departments', DepartmentPayload, shared, WHOLE);
      return rows.map((row) => toLocation(row, this.#zoneOf(row)));
    });
  }

  /** The departments as far as they are at hand without a call. */
  async known(): Promise<readonly Mapped<'Location'>[] | undefined> {
    return (await this.#cache.get<readonly Mapped<'Location'>[]>(DEPARTMENTS, 'all'))?.value;
  }

  /** Has the departments asked for, where they are not at hand, so that they come beside another answer. */
  start(call: Call): void {
    this.locations(call).catch(() => undefined);
  }

  /** Both directories: for a list of which it is not known what is selected, in the hour's first operation. */
  startAll(call: Call): void {
    this.start(call);
    this.practitioners(call).catch(() => undefined);
  }

  /** Has the directories asked for that these selected links will need. */
  startFor(fields: ReadonlySet<string> | undefined, call: Call): void {
    if (selectsOf(fields, 'practitioner') === true) this.practitioners(call).catch(() => undefined);
    if (selectsOf(fields, 'location') === true) this.start(call);
  }

  /** A department that has every patient's chart, where all departments are known to share their charts. */
  async sharingOneChart(): Promise<readonly string[]> {
    const departments = (await this.known()) ?? [];
    const groups = new Set(departments.map(({ own }) => own?.chartSharingGroupId));
    return departments.length === 1 || (groups.size === 1 && !groups.has(undefined))
      ? departments.slice(0, 1).map(({ key }) => key)
      : [];
  }

  async practitioners(call: Call): Promise<readonly Mapped<'Practitioner'>[]> {
    return this.#cache.through('providers', 'all', KEPT_MS, call, async (shared) => {
      const read = { name: 'GET /providers', path: '/providers' };
      const rows = await this.#client.all(read, 'providers', ProviderPayload, shared, WHOLE);
      return rows.map(toPractitioner);
    });
  }

  /** From the list; one that is not there (deleted, or newer than the list) is asked for by itself. */
  async location(key: string, call: Call): Promise<Mapped<'Location'> | null> {
    const listed = (await this.locations(call)).find((location) => location.key === key);
    return (
      listed ?? this.#single('departments', key, call, DepartmentPayload, (row) => toLocation(row, this.#zoneOf(row)))
    );
  }

  async practitioner(key: string, call: Call): Promise<Mapped<'Practitioner'> | null> {
    const listed = (await this.practitioners(call)).find((practitioner) => practitioner.key === key);
    return listed ?? this.#single('providers', key, call, ProviderPayload, toPractitioner);
  }

  /** The zones of departments, by id: what an appointment's local time needs. */
  async zones(departments: Iterable<string | undefined>, call: Call): Promise<(department?: string) => string> {
    const zones = new Map((await this.locations(call)).map(({ key, timeZone }) => [key, timeZone]));
    const unknown = new Set([...departments].flatMap((id) => (id === undefined || zones.has(id) ? [] : [id])));
    const found = await Promise.all([...unknown].map((id) => this.location(id, call)));
    for (const location of found) if (location !== null) zones.set(location.key, location.timeZone);
    return (department) => {
      if (department === undefined) return this.#source.timeZone;
      const zone = zones.get(department);
      if (zone === undefined) throw this.#misunderstood();
      return zone;
    };
  }

  async #single<S extends z.ZodType, T extends { readonly key: string }>(
    list: string,
    key: string,
    call: Call,
    payload: S,
    map: (row: z.output<S>) => T,
  ): Promise<T | null> {
    const known = await this.#cache.get<T>(list, key);
    if (known !== undefined) return known.value;
    const row = await this.#client.one({ name: `GET /${list}/{id}`, path: `/${list}/${key}` }, payload, call);
    const found = row === null ? null : map(row);
    if (found !== null && found.key !== key) throw this.#misunderstood();
    if (found !== null) await this.#cache.set(list, key, found, KEPT_MS);
    return found;
  }

  /** A department without a zone is in the source's; one whose zone nobody knows would make every time wrong. */
  #zoneOf({ timezonename }: DepartmentPayload): string {
    if (timezonename === undefined) return this.#source.timeZone;
    const zone = toZone(timezonename);
    if (zone === undefined) throw this.#misunderstood();
    return zone;
  }

  #misunderstood(): GraphError {
    return new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
  }
}
