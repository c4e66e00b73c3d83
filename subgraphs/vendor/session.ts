import DataLoader from 'dataloader';
import type { OperationContext } from '../../schema/context.ts';
import type { Cursors } from '../../schema/cursor.ts';
import { GraphError, toGraphError } from '../../schema/errors.ts';
import { type RecordType, recordId, type SourceId } from '../../schema/ids.ts';
import type { Records } from '../../schema/records.ts';
import type { Coverage } from '../../schema/values.ts';
import { maySee } from './access.ts';
import type {
  AppointmentFilter,
  ClaimQuery,
  Connector,
  Found,
  ObservationFilter,
  Page,
  PatientList,
  Wanted,
} from './connector.ts';
import { freshness } from './freshness.ts';
import type { ConnectedSource } from './sources.ts';
import { type Known, missingFields, RecordStore } from './store.ts';

/** How long a record may be answered from the cache, by type; what a list holds is always asked for again. */
const TTL_MS: Readonly<Record<RecordType, number>> = {
  Patient: 30_000,
  Appointment: 10_000,
  Observation: 30_000,
  Claim: 30_000,
  Practitioner: 3_600_000,
  Location: 3_600_000,
  Slot: 0,
};

interface Ask<T extends RecordType> {
  readonly type: T;
  readonly key: string;
  readonly fields: ReadonlySet<string>;
}

type PatientPages = {
  readonly appointments: DataLoader<PatientList<AppointmentFilter>, Page<'Appointment'>, string>;
  readonly observations: DataLoader<PatientList<ObservationFilter>, Page<'Observation'>, string>;
  readonly claims: DataLoader<PatientList<ClaimQuery>, Page<'Claim'>, string>;
  readonly coverages: DataLoader<string, readonly Coverage[] | null>;
};

const listKey = ({ patient, filter, window }: PatientList<object>): string =>
  JSON.stringify([patient, filter, window.first, window.after, [...(window.fields ?? [])].sort()]);

/** One source within one operation: loaders that batch, and what has been learned so far. */
export class SourceSession {
  readonly source: ConnectedSource;
  readonly context: OperationContext;
  readonly #prefix: string;
  readonly #store = new RecordStore();
  readonly #readers = new Map<RecordType, DataLoader<Ask<RecordType>, Known<RecordType> | null, string>>();
  readonly lists: PatientPages;

  constructor(source: ConnectedSource, context: OperationContext, prefix: string) {
    this.source = source;
    this.context = context;
    this.#prefix = prefix;
    const { connector } = source;
    const list = <F, T extends RecordType>(
      ask: (asked: readonly PatientList<F>[], call: OperationContext) => Promise<readonly (Page<T> | Error)[]>,
    ): DataLoader<PatientList<F>, Page<T>, string> =>
      new DataLoader<PatientList<F>, Page<T>, string>((asked) => this.guard(() => ask(asked, context)), {
        cacheKeyFn: (key) => listKey(key as PatientList<object>),
      });
    this.lists = {
      appointments: list((asked, call) => connector.patientAppointments(asked, call)),
      observations: list((asked, call) => connector.patientObservations(asked, call)),
      claims: list((asked, call) => connector.patientClaims(asked, call)),
      coverages: new DataLoader((patients) => this.guard(() => connector.coverages(patients, context))),
    };
  }

  get sourceTypeName(): string {
    return `${this.#prefix}Source`;
  }

  get connector(): Connector {
    return this.source.connector;
  }

  /** Runs a connector's method; whatever it throws leaves as a typed error that names the source. */
  async guard<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (thrown) {
      throw this.typed(thrown);
    }
  }

  typed(thrown: unknown): GraphError {
    const error = toGraphError(thrown, 'BAD_VENDOR_ANSWER', this.source.id);
    if (error.source !== undefined) return error;
    return new GraphError(error.code, {
      source: this.source.id,
      message: error.message,
      cause: error,
      ...(error.issues === undefined ? {} : { issues: error.issues }),
      ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    });
  }

  /** Takes in a page: its records and those that came along need not be asked for again in this operation. */
  learn<T extends RecordType>(type: T, page: Page<T>): void {
    for (const item of page.items) this.#store.learn(type, item, this.context.now());
    for (const related of page.related ?? []) this.#store.learn(related.type, related, this.context.now());
  }

  learnRecord<T extends RecordType>(type: T, record: Known<T>['record']): void {
    this.#store.learn(type, { record, covers: 'all' }, this.context.now());
  }

  /**
   * The record with the selected fields, by as few vendor calls as possible.
   * @throws GraphError NOT_FOUND when the vendor does not know the key, or the vendor's failure when nothing of the
   *   record is known; if an earlier answer told a part of it, only the fields that are missing fail.
   */
  async record<T extends RecordType>(type: T, key: string, fields: ReadonlySet<string>): Promise<Records[T]> {
    const known = this.#store.get(type, key);
    const missing = missingFields(fields, known);
    if (missing.size === 0) return this.#present(type, key, known, new Map());
    try {
      const read = await this.#reader(type).load({ type, key, fields: missing });
      if (read === null) throw new GraphError('NOT_FOUND', { source: this.source.id });
      return this.#present(type, key, read as unknown as Known<T>, new Map());
    } catch (thrown) {
      const failure = this.typed(thrown);
      if (known === undefined || failure.code === 'NOT_FOUND') throw failure;
      return this.#present(type, key, known, new Map([...missing].map((field) => [field, failure])));
    }
  }

  #reader(type: RecordType): DataLoader<Ask<RecordType>, Known<RecordType> | null, string> {
    const existing = this.#readers.get(type);
    if (existing !== undefined) return existing;
    const reader = new DataLoader<Ask<RecordType>, Known<RecordType> | null, string>(
      (asks) => this.guard(() => this.#read(type, asks)),
      { cacheKeyFn: ({ key, fields }) => `${key}\0${[...fields].sort().join()}` },
    );
    this.#readers.set(type, reader);
    return reader;
  }

  async #read<T extends RecordType>(type: T, asks: readonly Ask<T>[]): Promise<(Known<T> | null | Error)[]> {
    const wanted = new Map<string, Wanted<T>>();
    const answers = new Map<string, Known<T> | null | Error>();
    for (const { key, fields } of asks) {
      const known = this.#store.get(type, key);
      const all = new Set([...(wanted.get(key)?.fields ?? []), ...fields]);
      wanted.set(key, { key, fields: all, ...(known === undefined ? {} : { known }) });
    }
    await Promise.all(
      [...wanted.values()].map(async ({ key, fields }) => {
        const cached = await this.source.upstream.cache.get<Known<T>>(type, key);
        if (cached === undefined || missingFields(fields, cached.value).size > 0) return;
        this.context.record({ source: this.source.id, call: type, ms: 0, cache: 'HIT' });
        answers.set(key, this.#store.learn(type, cached.value, cached.value.at));
        wanted.delete(key);
      }),
    );
    const left = [...wanted.values()];
    if (left.length > 0) {
      const read = this.connector.read[type] as Connector['read'][T];
      const found = await read(left, this.context);
      await Promise.all(left.map(({ key }, i) => this.#keep(type, key, found[i] ?? null, answers)));
    }
    return asks.map(({ key }) => answers.get(key) ?? null);
  }

  async #keep<T extends RecordType>(
    type: T,
    key: string,
    found: Found<T> | null | Error,
    answers: Map<string, Known<T> | null | Error>,
  ): Promise<void> {
    if (found === null || found instanceof Error) {
      answers.set(key, found);
      return;
    }
    if (found.record.key !== key) {
      answers.set(key, new GraphError('BAD_VENDOR_ANSWER', { source: this.source.id }));
      return;
    }
    const known = this.#store.learn(type, found, this.context.now());
    for (const related of found.related ?? []) this.#store.learn(related.type, related, this.context.now());
    answers.set(key, known);
    if (known.covers === 'all') await this.source.upstream.cache.set(type, key, known, TTL_MS[type]);
  }

  /** The record as GraphQL's resolvers see it; `failures` are fields that throw when they are asked for. */
  #present<T extends RecordType>(
    type: T,
    key: string,
    known: Known<T> | undefined,
    failures: ReadonlyMap<string, GraphError>,
  ): Records[T] {
    const { context, source } = this;
    const id = recordId(source.id, type, key);
    const record = known?.record;
    const patient =
      type === 'Patient' ? key : ((record as { patientKey?: string | null } | undefined)?.patientKey ?? undefined);
    const seen = {
      source: source.id,
      type,
      ...(patient === undefined ? {} : { patient: recordId(source.id, 'Patient', patient) }),
    };
    if (!maySee(context.caller, seen)) throw new GraphError('FORBIDDEN', { source: source.id });
    const at = known?.at ?? context.now();
    return {
      ...record?.own,
      ...record,
      ...Object.fromEntries([...failures].map(([field, error]) => [field, () => Promise.reject(error)])),
      __typename: `${this.#prefix}${type}`,
      id,
      key,
      sourceId: source.id,
      meta: {
        versionId: record?.version?.versionId ?? null,
        lastUpdated: record?.version?.lastUpdated ?? null,
        fetchedAt: new Date(at).toISOString(),
        freshness: freshness(at, context),
        unsupportedFields: this.connector.unsupportedFields[type] ?? [],
      },
    } as unknown as Records[T];
  }
}

/** One operation's sources at one vendor. */
export class Session {
  readonly context: OperationContext;
  readonly cursors: Cursors;
  readonly #sources: ReadonlyMap<SourceId, ConnectedSource>;
  readonly #prefix: string;
  readonly #sessions = new Map<SourceId, SourceSession>();

  constructor(
    sources: ReadonlyMap<SourceId, ConnectedSource>,
    context: OperationContext,
    prefix: string,
    cursors: Cursors,
  ) {
    this.context = context;
    this.cursors = cursors;
    this.#sources = sources;
    this.#prefix = prefix;
  }

  /** @throws GraphError NOT_FOUND for a source that is not this vendor's or that the caller may not see. */
  source(id: SourceId): SourceSession {
    const existing = this.#sessions.get(id);
    if (existing !== undefined) return existing;
    const source = this.#sources.get(id);
    if (source === undefined || !maySee(this.context.caller, { source: id, type: 'Source' }))
      throw new GraphError('NOT_FOUND');
    const session = new SourceSession(source, this.context, this.#prefix);
    this.#sessions.set(id, session);
    return session;
  }

  /** The name of this vendor's type of a record. */
  typeName(type: RecordType): string {
    return `${this.#prefix}${type}`;
  }

  has(id: SourceId): boolean {
    return this.#sources.has(id) && maySee(this.context.caller, { source: id, type: 'Source' });
  }
}
