import DataLoader from 'dataloader';
import { maySee } from '../../schema/access.ts';
import type { OperationContext } from '../../schema/context.ts';
import type { Cursors } from '../../schema/cursor.ts';
import { GraphError, toGraphError } from '../../schema/errors.ts';
import { isRecordType, type RecordType, recordId, type SourceId } from '../../schema/ids.ts';
import type { Records } from '../../schema/records.ts';
import type { Changes } from '../../store/changes.ts';
import { type Fetched, type Open, type Origin, oldestOf, type Told } from '../../upstream/cache/question.ts';
import type { Call } from '../../upstream/call.ts';
import { type LastChanges, lastChanges } from './changes/last.ts';
import type { Connector, Found, Page, Wanted } from './connector.ts';
import { SourceLists } from './lists.ts';
import { besidesOf, type RecordQuestion, recordQuestion } from './questions.ts';
import type { ConnectedSource } from './sources.ts';
import { besides, type Facts, heldBy, type Known, missingFields, RecordStore } from './store.ts';
import { versionOf } from './version.ts';

/** The field that tells whose a record is, which must be known before a patient sees it. */
const WHOSE = 'patient';

interface Ask<T extends RecordType> {
  readonly type: T;
  readonly key: string;
  readonly fields: ReadonlySet<string>;
}

/** One source within one operation: loaders that batch, and what has been learned so far. */
export class SourceSession {
  readonly source: ConnectedSource;
  readonly context: OperationContext;
  readonly #prefix: string;
  readonly #store = new RecordStore();
  readonly #readers = new Map<RecordType, DataLoader<Ask<RecordType>, Known<RecordType>, string>>();
  readonly lists: SourceLists;

  constructor(source: ConnectedSource, context: OperationContext, prefix: string) {
    this.source = source;
    this.context = context;
    this.#prefix = prefix;
    this.lists = new SourceLists(this);
  }

  get sourceTypeName(): string {
    return `${this.#prefix}Source`;
  }

  get connector(): Connector {
    return this.source.connector;
  }

  /** Whatever a connector throws leaves as a typed error that names the source. */
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
  learn<T extends RecordType>(type: T, page: Page<T>, origin: Origin): void {
    for (const item of page.items) this.#store.learn(type, item, origin);
    for (const related of page.related ?? []) this.#store.learn(related.type, related, origin);
  }

  /**
   * The record with the selected fields, by as few vendor calls as possible.
   * @throws GraphError NOT_FOUND when the vendor does not know the key, or the vendor's failure when nothing of the
   *   record is known; if an earlier answer told a part of it, only the fields that are missing fail.
   */
  async record<T extends RecordType>(type: T, key: string, fields: ReadonlySet<string>): Promise<Records[T]> {
    const wanted = this.context.caller.patient === undefined ? fields : new Set([...fields, WHOSE]);
    const known = this.#store.get(type, key);
    const missing = missingFields(wanted, known);
    if (missing.size === 0) return this.#present(type, key, known, new Map());
    try {
      const asked = new Set([...missing, ...besides(fields)]);
      const read = await this.#reader(type).load({ type, key, fields: asked });
      return this.#present(type, key, read as unknown as Known<T>, new Map());
    } catch (thrown) {
      const failure = this.typed(thrown);
      const part = this.#store.get(type, key);
      if (part === undefined || failure.code === 'NOT_FOUND') throw failure;
      const failed = [...missingFields(fields, part)].map((field) => [field, failure] as const);
      return this.#present(type, key, part, new Map(failed));
    }
  }

  #reader(type: RecordType): DataLoader<Ask<RecordType>, Known<RecordType>, string> {
    const existing = this.#readers.get(type);
    if (existing !== undefined) return existing;
    const reader = new DataLoader<Ask<RecordType>, Known<RecordType>, string>((asks) => this.#read(type, asks), {
      cacheKeyFn: ({ key, fields }) => `${key}\0${[...fields].sort().join()}`,
    });
    this.#readers.set(type, reader);
    return reader;
  }

  /** One answer per ask; what the same record is asked for in several places is asked for at once. */
  async #read<T extends RecordType>(type: T, asks: readonly Ask<T>[]): Promise<(Known<T> | GraphError)[]> {
    const { upstream, settings } = this.source;
    const wanted = new Map<string, ReadonlySet<string>>();
    for (const { key, fields } of asks) wanted.set(key, new Set([...(wanted.get(key) ?? []), ...fields]));
    const told = await upstream.cache.read<RecordQuestion<T>, Facts<T>>(
      [...wanted].map(([key, fields]) => recordQuestion(type, key, fields, settings.cache)),
      this.context,
      (open, call) => this.#ask(type, open, call),
    );
    const answers = new Map<string, Known<T> | GraphError>();
    for (const [i, key] of [...wanted.keys()].entries()) {
      const one = told[i];
      const failed = one === undefined || one instanceof Error;
      answers.set(key, failed ? this.typed(one) : this.#learned(type, one));
    }
    return asks.map(({ key }) => answers.get(key) ?? this.typed(undefined));
  }

  #learned<T extends RecordType>(type: T, told: Told<Facts<T>>): Known<T> {
    for (const { question, value } of told.also ?? [])
      if (isRecordType(question.kind)) this.#store.learn(question.kind, value as Facts<RecordType>, told);
    this.lists.learnCoverages(told.also);
    return this.#store.learn(type, told.value, told);
  }

  /** Asks the vendor for records, to complete what is known of them. */
  async #ask<T extends RecordType>(
    type: T,
    open: readonly Open<RecordQuestion<T>, Facts<T>>[],
    call: Call,
  ): Promise<readonly (Fetched<Facts<T>> | Error)[]> {
    const known = open.map(({ question: { key }, known: kept }) => {
      return kept === undefined ? this.#store.get(type, key) : this.#store.learn(type, kept.value, kept);
    });
    const wanted = open.map(({ question, missing }, i): Wanted<T> => {
      const { key } = question;
      const told = known[i];
      const fields = new Set([...missing, ...besides(question.fields)]);
      return { key, fields, ...(told === undefined ? {} : { known: told }) };
    });
    const read = this.connector.read[type] as Connector['read'][T];
    const found = await read(wanted, call);
    return wanted.map(({ key }, i) => this.#fetched(key, found[i] ?? null, known[i]));
  }

  #fetched<T extends RecordType>(
    key: string,
    found: Found<T> | null | Error,
    known: Known<T> | undefined,
  ): Fetched<Facts<T>> | Error {
    if (found === null) return new GraphError('NOT_FOUND', { source: this.source.id });
    if (found instanceof Error) return found;
    if (found.record.key !== key) return new GraphError('BAD_VENDOR_ANSWER', { source: this.source.id });
    const { record, covers, on } = found;
    return {
      value: { record, covers },
      on: oldestOf(known, on),
      also: besidesOf(found, this.source.settings.cache),
    };
  }

  /** The record as GraphQL's resolvers see it. Fields that failed hold their error, which GraphQL takes for one. */
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
      ...Object.fromEntries(
        [...failures].flatMap(([field, error]) => [field, heldBy(field)].map((name) => [name, error])),
      ),
      __typename: `${this.#prefix}${type}`,
      id,
      key,
      sourceId: source.id,
      meta: {
        get versionId() {
          return known === undefined ? null : (versionOf(type, known) ?? null);
        },
        lastUpdated: record?.version?.lastUpdated ?? null,
        fetchedAt: new Date(at).toISOString(),
        freshness: known?.freshness ?? 'LIVE',
        unsupportedFields: this.connector.unsupportedFields[type] ?? [],
      },
    } as unknown as Records[T];
  }
}

/** One operation's sources at one vendor. */
export class Session {
  readonly context: OperationContext;
  readonly cursors: Cursors;
  readonly lastChanges: LastChanges;
  readonly #sources: ReadonlyMap<SourceId, ConnectedSource>;
  readonly #prefix: string;
  readonly #sessions = new Map<SourceId, SourceSession>();

  constructor(
    sources: ReadonlyMap<SourceId, ConnectedSource>,
    context: OperationContext,
    prefix: string,
    cursors: Cursors,
    changes?: Changes,
  ) {
    this.context = context;
    this.cursors = cursors;
    this.lastChanges = lastChanges(changes);
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
