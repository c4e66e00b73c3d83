import type { AppointmentStatus, Capability, CapabilityLevel, ClaimStatus } from '../../schema/enums.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Coverage } from '../../schema/values.ts';
import type { Origin } from '../../upstream/cache/question.ts';
import type { Call } from '../../upstream/call.ts';
import type { Feed } from './changes/feed.ts';
import type { Push } from './changes/push.ts';
import type { Writers } from './writes/writer.ts';

/**
 * What a vendor's folder provides: everything that the unified graph asks of one source, in the vendor's own keys and
 * already mapped. A connector never sees global ids, GraphQL or other sources, and makes every call through `upstream`.
 *
 * Failures are thrown as `GraphError` (schema/errors.ts). A method that answers for many requests at once reports a
 * failure of one of them as its own `Error` value, so that one bad record never spoils its neighbours.
 */
export interface Connector {
  readonly capabilities: readonly TypeCapability[];
  /** Unified fields that this vendor never has, by type; shown as `meta.unsupportedFields`. */
  readonly unsupportedFields: Readonly<Partial<Record<RecordType, readonly string[]>>>;

  /** Does the answer about a patient bring the coverages along when they are wanted? They are then not asked for beside it. */
  readonly coveragesWithPatient?: boolean;

  /**
   * Reads records by key: one answer per wanted record, in the same order, that covers at least the wanted fields.
   * `null`: the vendor does not know the key. An answer whose own id is not the asked one is a BAD_VENDOR_ANSWER, never
   * a record.
   */
  readonly read: {
    readonly [T in RecordType]: (
      wanted: readonly Wanted<T>[],
      call: Call,
    ) => Promise<readonly (Found<T> | null | Error)[]>;
  };

  searchPatients(search: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>>;
  searchAppointments(search: AppointmentQuery, window: Window, call: Call): Promise<Page<'Appointment'>>;
  searchClaims(search: ClaimQuery, window: Window, call: Call): Promise<Page<'Claim'>>;

  /** Lists that belong to patients: many patients at once, since some vendors answer them in one call. */
  patientAppointments(
    asked: readonly PatientList<AppointmentFilter>[],
    call: Call,
  ): Promise<readonly (Page<'Appointment'> | Error)[]>;
  patientObservations(
    asked: readonly PatientList<ObservationFilter>[],
    call: Call,
  ): Promise<readonly (Page<'Observation'> | Error)[]>;
  patientClaims(asked: readonly PatientList<ClaimQuery>[], call: Call): Promise<readonly (Page<'Claim'> | Error)[]>;
  /** Coverages by patient key; `null`: the patient is not known. */
  coverages(patients: readonly string[], call: Call): Promise<readonly (readonly Coverage[] | null | Error)[]>;

  practitioners(window: Window, call: Call): Promise<Page<'Practitioner'>>;
  locations(call: Call): Promise<readonly Mapped<'Location'>[]>;
  slots(search: SlotQuery, call: Call): Promise<readonly Found<'Slot'>[]>;

  /** What can be written at this source, in this dialect and by these settings; `capabilities` says the same. */
  readonly writers: Writers;

  /** How the vendor lets itself be asked what changed; absent: it cannot be. */
  readonly feeds?: readonly Feed[];

  /** How the vendor tells of itself what changed; absent: it does not, or the source's settings have no `webhook`. */
  readonly push?: Push;

  /** Signs off where the vendor wants it (Unity retires its token). Called once when the process drains. */
  close(): Promise<void>;
}

export interface TypeCapability {
  readonly type: RecordType | 'Document';
  readonly capability: Capability;
  readonly level: CapabilityLevel;
  /** For EMULATED and UNSUPPORTED: why, in a sentence for an operator. */
  readonly note?: string;
}

/** A record that an answer carried, whole or in part. */
export interface Found<T extends RecordType> {
  readonly record: Mapped<T>;
  /**
   * Which unified and own fields (GraphQL names) this answer could tell, `all` when it was the whole record. A client
   * that selects a field outside gets it by a further read; a field inside that is absent is absent at the vendor.
   */
  readonly covers: 'all' | ReadonlySet<string>;
  /** Where the answer comes from, when the connector kept it of its own; absent: the vendor told it now. */
  readonly on?: Origin | undefined;
  /** Other records that the same answer carried. A page has them once, for all its items. */
  readonly related?: readonly Related[];
  /** A patient's coverages, all of them, where the same answer carried them: they need not be asked for. */
  readonly coverages?: readonly Coverage[];
}

/** A record that came along with another's answer (an appointment's patient), so that it need not be asked for again. */
export type Related = { readonly [T in RecordType]: { readonly type: T } & Found<T> }[RecordType];

/** A record to read. */
export interface Wanted<T extends RecordType> {
  readonly key: string;
  /** GraphQL names of the fields that somebody selected; what is not in here need not be fetched. */
  readonly fields: ReadonlySet<string>;
  /** What an earlier answer (a search) already told of this record, when that was not enough: to be completed. */
  readonly known?: Found<T>;
}

export interface Window {
  /** 1 to 100. */
  readonly first: number;
  /** Where to go on: the `after` of the last item that was taken, as this connector gave it. */
  readonly after?: string;
  /** What the client selects of each item, where that is known; the rest may be left out, and `covers` says so. */
  readonly fields?: ReadonlySet<string>;
}

export interface Page<T extends RecordType> {
  /** At most `window.first` items, fewer only at the end of the list; in the vendor's order, each record once. */
  readonly items: readonly (Found<T> & {
    /** The vendor's own position right after this item; opaque to everyone else, at most 512 characters. */
    readonly after: string;
  })[];
  readonly hasNextPage: boolean;
  /** How many there are in all, where the vendor says so without a further call. */
  readonly totalCount?: number;
  readonly related?: readonly Related[];
  /** As `Found.on`, of the list as a whole. */
  readonly on?: Origin | undefined;
}

export interface PatientQuery {
  readonly name?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** `YYYY-MM-DD` */
  readonly dateOfBirth?: string;
  /** E.164 */
  readonly phone?: string;
  readonly email?: string;
  readonly identifier?: string;
}

export interface AppointmentFilter {
  /** Starts at or after this instant (UTC). */
  readonly from?: string;
  /** Starts before this instant (UTC). */
  readonly to?: string;
  readonly status?: readonly AppointmentStatus[];
}

export interface AppointmentQuery extends AppointmentFilter {
  readonly from: string;
  readonly to: string;
  /** Keys of this source. Present and empty: nobody here was asked for (never passed on; answered empty above). */
  readonly practitioners?: readonly string[];
  readonly locations?: readonly string[];
}

export interface ObservationFilter {
  /** LOINC or the vendor's own codes; any of them. A panel is found by its own code and by its components' codes. */
  readonly codes?: readonly string[];
  /** A code of FHIR's observation-category: `vital-signs`, `laboratory`, ... */
  readonly category?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface ClaimQuery {
  /** A service on or after this day (`YYYY-MM-DD`). */
  readonly from?: string;
  /** A service on or before this day. */
  readonly to?: string;
  readonly status?: readonly ClaimStatus[];
}

export interface SlotQuery {
  readonly from: string;
  readonly to: string;
  readonly practitioners?: readonly string[];
  readonly locations?: readonly string[];
  readonly type?: string;
  /** What the client selects of each slot, where that is known. */
  readonly fields?: ReadonlySet<string>;
}

export interface PatientList<Filter> {
  readonly patient: string;
  readonly filter: Filter;
  readonly window: Window;
}
