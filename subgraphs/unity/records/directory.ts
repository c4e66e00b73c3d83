import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import type { Found } from '../../vendor/connector.ts';
import type { ActionName, Values } from '../actions.ts';
import { firstOffered, type UnityClient } from '../client.ts';
import { LOCATION_ID, toLocation, toSites } from '../mapping/location.ts';
import { PROVIDER_ID, providerOfCode, type Resource, toPractitioner, toResource } from '../mapping/practitioner.ts';
import { cell, idCell, identifiedRows, mergedRow, type Row } from '../payload.ts';

/** People, places and appointment types change rarely. */
const TTL_MS = 60 * 60_000;

/** What GetProviders tells; the NPI needs a call for each provider. */
const LISTED: ReadonlySet<string> = new Set(['name', 'username', 'code', 'profession', 'specialty', 'inactive']);

interface People {
  /** Whose ids they are: the EHR's, or Practice Management's where the EHR's list is not licensed. */
  readonly from: 'ehr' | 'pm';
  readonly found: readonly Found<'Practitioner'>[];
}

type Listing = { [A in ActionName]: keyof Values<A> extends never ? A : never }[ActionName];

/** A source's lists of people, places, resources and appointment types, each read at most once an hour. */
export class Directory {
  readonly #source: SourceSettings;
  readonly #client: UnityClient;
  readonly #cache: SourceCache;

  constructor(source: SourceSettings, client: UnityClient, cache: SourceCache) {
    this.#source = source;
    this.#client = client;
    this.#cache = cache;
  }

  async #list(action: Listing, call: Call, ...ids: readonly string[]): Promise<readonly Row[]> {
    return this.#cache.through(action, 'all', TTL_MS, call, async (shared) => {
      const { tables } = await this.#client.run(action, {}, shared);
      return identifiedRows(tables, this.#source.id, ...ids);
    });
  }

  async #people(call: Call): Promise<People> {
    const found = (rows: readonly Row[], covers: Found<'Practitioner'>['covers']): readonly Found<'Practitioner'>[] =>
      rows.map((row) => ({ record: toPractitioner(row, idCell(row, ...PROVIDER_ID) ?? ''), covers }));
    return firstOffered<People>([
      async () => ({ from: 'ehr', found: found(await this.#list('GetProviders', call, ...PROVIDER_ID), LISTED) }),
      async () => ({ from: 'pm', found: found(await this.#list('GetPractitioners', call, ...PROVIDER_ID), 'all') }),
    ]);
  }

  /**
   * Asks for lists that will be looked into as soon as the answer that is under way names who stands in them. Nobody
   * waits for them here, and whoever does later sees their failure.
   */
  ahead(lists: { readonly people: boolean; readonly places: boolean }, call: Call): void {
    const asked = [lists.people ? this.#people(call) : undefined, lists.places ? this.locations(call) : undefined];
    for (const list of asked) list?.catch(() => undefined);
  }

  async practitioners(call: Call): Promise<readonly Found<'Practitioner'>[]> {
    return (await this.#people(call)).found;
  }

  /** One provider with everything that can be known, or `null`. */
  async practitioner(key: string, fields: ReadonlySet<string>, call: Call): Promise<Found<'Practitioner'> | null> {
    const inFull = () => this.#cache.through('GetProvider', key, TTL_MS, call, (shared) => this.#provider(key, shared));
    // Practice Management's list has the NPI itself, so there nothing may be asked ahead
    const ahead = fields.has('npi') && this.#client.offers('GetProviders') ? inFull() : undefined;
    ahead?.catch(() => undefined);
    const { found } = await this.#people(call);
    const listed = found.find(({ record }) => record.key === key);
    if (listed !== undefined && (listed.covers === 'all' || !fields.has('npi'))) return listed;
    try {
      const row = await (ahead ?? inFull());
      if (row.size === 0) return listed ?? null;
      const full = toPractitioner(row, key);
      return { record: listed === undefined ? full : { ...listed.record, npi: full.npi ?? null }, covers: 'all' };
    } catch (thrown) {
      // without the licence nobody can tell the NPI; what the list told is all there is
      if (listed !== undefined && thrown instanceof GraphError && thrown.code === 'UNSUPPORTED_BY_VENDOR')
        return { record: listed.record, covers: 'all' };
      throw thrown;
    }
  }

  async #provider(key: string, call: Call): Promise<Row> {
    const { tables } = await this.#client.run('GetProvider', { provider: key }, call);
    const row = mergedRow(tables);
    const id = idCell(row, ...PROVIDER_ID);
    if (id === undefined && cell(row, 'LastName') === undefined) return new Map();
    if (id !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
    return row;
  }

  /** Practice Management's places, or the sites of the EHR's providers. */
  async locations(call: Call): Promise<readonly Mapped<'Location'>[]> {
    const zone = this.#source.timeZone;
    return firstOffered([
      async () =>
        (await this.#list('GetSchedulingLocations', call, ...LOCATION_ID)).map((row) => {
          const location = toLocation(row, zone);
          if (location === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
          return location;
        }),
      async () => toSites(await this.#list('GetProviders', call, ...PROVIDER_ID), zone),
    ]);
  }

  /** What can be scheduled, each with the practitioner that it is, if it is one. */
  async resources(call: Call): Promise<readonly (Resource & { readonly practitioner?: string })[]> {
    const [rows, { from, found }] = await Promise.all([
      this.#list('GetResources', call, 'Resource_ID'),
      this.#people(call),
    ]);
    const resources = rows.map((row) => {
      const resource = toResource(row);
      if (resource === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
      return resource;
    });
    const people = found.map(({ record }) => record);
    return resources.map((resource) => {
      const practitioner =
        from === 'pm'
          ? people.find(({ key }) => key === resource.practitionerId)?.key
          : providerOfCode(people, resource.abbreviation);
      return { ...resource, ...(practitioner === undefined ? {} : { practitioner }) };
    });
  }

  /** Names of Practice Management's appointment types by their ids. */
  typeNames(call: Call): Promise<ReadonlyMap<string, string>> {
    return this.#names('GetAppointmentTypes', 'Appointment_Type_ID', 'Appt_Type_Desc', call);
  }

  /** Why visits may be cancelled, by the reasons' ids. */
  cancellationReasons(call: Call): Promise<ReadonlyMap<string, string>> {
    return this.#names('GetAppointmentCancellationReasons', 'Cancellation_Reason_ID', 'Cancellation_Reason_Desc', call);
  }

  async #names(action: Listing, id: string, name: string, call: Call): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#list(action, call, id, 'ID');
    return new Map(
      rows.flatMap((row) => {
        const key = idCell(row, id, 'ID');
        const text = cell(row, 'Description', name, 'Name', 'Abbreviation');
        return key === undefined || text === undefined ? [] : [[key, text] as const];
      }),
    );
  }
}
