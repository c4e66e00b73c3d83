import type { Command, CommandKind, Commands, Refusal, WrittenType } from '../../../schema/commands.ts';
import { COMMANDS } from '../../../schema/commands.ts';
import type { OperationContext } from '../../../schema/context.ts';
import { ERRORS, GraphError, toGraphError } from '../../../schema/errors.ts';
import { type RecordId, type RecordType, recordId } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Changes } from '../../../store/changes.ts';
import { type ClaimedWrite, ClaimLost, type Journal, type Settlement } from '../../../store/journal.ts';
import type { ChangeMeter } from '../changes/meter.ts';
import type { Connector, Found } from '../connector.ts';
import { SourceSession } from '../session.ts';
import type { ConnectedSource } from '../sources.ts';
import { versionFields } from '../version.ts';
import { type Expectation, expectations } from './expected.ts';
import type { WriteTimes } from './limits.ts';
import type { WriteCall, Writer } from './writer.ts';

/** What becomes of a claimed write after one attempt. */
export type Ending =
  | { readonly kind: 'settle'; readonly settlement: Settlement }
  | { readonly kind: 'later'; readonly until: number; readonly mayHaveLeft: boolean };

/** Thrown where it is sure that nothing was written, and that nothing will be. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Omit<Refusal, 'message'> & Partial<Pick<Refusal, 'message'>>) {
    super('refused');
    this.refusal = { message: ERRORS[refusal.code].message, ...refusal };
  }
}

/** Longest pauses between two attempts after which they no longer belong together. */
const SILENCE = 4;
const SHORTEST_SILENCE_MS = 2_000;

export interface WorkOptions {
  readonly write: ClaimedWrite;
  readonly source: ConnectedSource;
  readonly prefix: string;
  readonly journal: Journal;
  /** Where what a write made is told. */
  readonly changes?: Changes;
  /** Who counts what is told; nobody when absent. */
  readonly meter?: ChangeMeter;
  readonly now: () => number;
  readonly times: WriteTimes;
  /** Aborted when the worker loses the write or the process ends. */
  readonly signal: AbortSignal;
}

/** One claimed write while it is carried out: its command, its calls, and what is kept for a later attempt. */
export class Work {
  readonly write: ClaimedWrite;
  readonly command: Command;
  readonly options: WorkOptions;
  #progress: Readonly<Record<string, string>>;
  /** Requests of this attempt that left and are no reads. */
  departed = 0;
  /** Was the last of them answered, and not with a refusal? */
  isTaken = false;
  /** Whether the vendor may have it, as far as is known. */
  mayBeThere: boolean;
  /** Notes of what came back, on their way into the journal. */
  #noting: Promise<unknown> = Promise.resolve();

  constructor(options: WorkOptions) {
    this.options = options;
    this.write = options.write;
    this.command = { kind: options.write.kind, input: options.write.input } as Command;
    this.sent = this.command.input;
    this.#progress = options.write.progress;
    this.mayBeThere = options.write.leftAt !== undefined;
  }

  get connector(): Connector {
    return this.options.source.connector;
  }

  /** The input that is sent: with what its slot tells. */
  sent: Command['input'];
  /** The record that the command names, as the vendor had it at the beginning of this attempt. */
  current: Found<RecordType> | undefined;

  /** The input as the vendor will show it. A rescheduling says nothing of what it leaves as it is. */
  get meant(): Command['input'] {
    const own = (this.writer.meant?.(this.sent as never) ?? this.sent) as Command['input'];
    if (this.command.kind !== 'rescheduleAppointment' || this.current === undefined) return own;
    const { patientKey, practitionerKey } = this.current.record as Mapped<'Appointment'>;
    const left = {
      ...(patientKey == null ? {} : { patient: patientKey }),
      ...(practitionerKey == null ? {} : { practitioner: practitionerKey }),
    };
    return { ...left, ...own };
  }

  get expected(): readonly Expectation<RecordType>[] {
    return expectations(this.command.kind, this.meant as never);
  }

  /** What this vendor does not show, or does not keep as it is sent. */
  get skipped(): ReadonlySet<string> {
    const { unsupportedFields } = this.connector;
    const hidden = this.recordType === undefined ? [] : (unsupportedFields[this.recordType] ?? []);
    return new Set([...hidden, ...(this.writer.notKept ?? [])]);
  }

  /** What the command writes. */
  get type(): WrittenType {
    return COMMANDS[this.command.kind].type;
  }

  /** The same as a type of record; documents have none. */
  get recordType(): Exclude<WrittenType, 'Document'> | undefined {
    return this.type === 'Document' ? undefined : this.type;
  }

  /** @throws Refused UNSUPPORTED_BY_VENDOR when the source does not write this */
  get writer(): Writer<CommandKind> {
    const writer = this.connector.writers[this.command.kind];
    if (writer === undefined) throw new Refused({ code: 'UNSUPPORTED_BY_VENDOR' });
    return writer as unknown as Writer<CommandKind>;
  }

  /** The key of the record that the command is about, where it names one. */
  get subject(): string | undefined {
    const { input } = this.command;
    return 'key' in input ? input.key : 'corrects' in input ? input.corrects : undefined;
  }

  /** Where the client's input names it. */
  get #named(): string {
    return this.command.kind === 'recordObservation' ? 'corrects' : 'id';
  }

  get progress(): Readonly<Record<string, string>> {
    return this.#progress;
  }

  async keep(more: Readonly<Record<string, string>>): Promise<void> {
    this.#progress = { ...this.#progress, ...more };
    await this.options.journal.keep(this.write.id, this.write.worker, this.#progress);
  }

  /**
   * Whether it has been failing for too long, again and again. A silence, while no process ran, begins anew, and so does
   * a person who sends it on its way again after it was given up.
   */
  async failsTooLong(): Promise<boolean> {
    const { giveUpMs, longestPauseMs } = this.options.times;
    const now = this.now();
    const { failingSince, failedAt = '0' } = this.#progress;
    const isNew = now - Number(failedAt) > Math.max(SILENCE * longestPauseMs, SHORTEST_SILENCE_MS);
    const since = isNew ? now : Number(failingSince);
    const isTooLong = now - since > giveUpMs;
    await this.keep({ failingSince: String(since), failedAt: isTooLong ? '0' : String(now) });
    return isTooLong;
  }

  now(): number {
    return this.options.now();
  }

  id(type: RecordType, key: string): RecordId {
    return recordId(this.options.source.id, type, key);
  }

  /** A new call with its full time: what is looked up after a time-out needs time of its own. */
  call(): WriteCall {
    const { now, times, signal, source } = this.options;
    return {
      id: this.write.id,
      caller: { subject: this.write.caller, scopes: ['*'], sources: [source.id] },
      deadline: now() + times.attemptMs,
      signal: AbortSignal.any([signal, AbortSignal.timeout(times.attemptMs)]),
      now,
      record: () => undefined,
      departures: {
        departs: (name) => this.#departs(name),
        returned: (name, result, ms) => this.#returned(name, result instanceof GraphError ? result : result.status, ms),
      },
    };
  }

  readonly #open = new Map<string, number>();

  async #departs(name: string): Promise<void> {
    const { journal, signal } = this.options;
    signal.throwIfAborted();
    const asked = this.now();
    const attempt = await journal.departs(this.write.id, this.write.worker, name);
    // a leave that came when the claim may have run out is none: another process may be sending by now
    if (signal.aborted || this.now() - asked >= journal.leaseMs) {
      await journal.returned(this.write.id, attempt, { durationMs: 0, outcome: 'not sent' });
      throw new ClaimLost();
    }
    this.#open.set(name, attempt);
    this.departed += 1;
    this.isTaken = false;
    this.mayBeThere = true;
  }

  #returned(name: string, result: GraphError | number, durationMs: number): void {
    const attempt = this.#open.get(name);
    if (attempt === undefined) return;
    this.#open.delete(name);
    this.isTaken = typeof result === 'number' && result >= 200 && result < 300;
    const outcome = typeof result === 'number' ? `answered ${result}` : `no answer: ${result.code}`;
    const noted = this.options.journal.returned(this.write.id, attempt, { durationMs, outcome });
    // what became of the write is written down after it; that an attempt stays open is no harm
    this.#noting = Promise.allSettled([this.#noting, noted]);
  }

  /** When everything that came back is written down, or cannot be. */
  async noted(): Promise<void> {
    await this.#noting;
  }

  /** Reads through the graph's own way, so that whoever asks next has it from the cache. */
  session(): SourceSession {
    const call = this.call();
    const context: OperationContext = { ...call, startedAt: this.now(), explain: false, headers: {} };
    return new SourceSession(this.options.source, context, this.options.prefix);
  }

  /** Asks the connector past what the graph has read; what the connector keeps of it is void after a change. */
  reading<T>(ask: () => Promise<T>): Promise<T> {
    return asking(() => this.options.source.upstream.cache.reading(ask));
  }

  /** The record as the vendor has it now. @throws Refused NOT_FOUND; GraphError when the vendor does not answer */
  async read<T extends RecordType>(type: T, key: string, fields: readonly string[]): Promise<Found<T>> {
    const read = this.connector.read[type] as Connector['read'][T];
    const once = async (): Promise<Found<T>> => {
      const [found = null] = await this.reading(() => read([{ key, fields: new Set(fields) }], this.call()));
      if (found === null) throw new Refused({ code: 'NOT_FOUND', path: [this.#named] });
      if (found instanceof Error) throw toGraphError(found, 'BAD_VENDOR_ANSWER', this.options.source.id);
      return found;
    };
    const found = await once();
    if (found.on === undefined || found.on.freshness === 'LIVE') return found;
    await this.changed(type, key, (found.record as { readonly patientKey?: string | null }).patientKey ?? undefined);
    return once();
  }

  /** Reads the record that the command names, with what is looked at and compared. @throws as `read` */
  async readSubject(): Promise<void> {
    const { subject, recordType } = this;
    if (subject === undefined || recordType === undefined) return;
    const fields = [
      ...(recordType === 'Patient' ? [] : ['patient', 'status']),
      ...versionFields(recordType),
      ...(this.writer.needs ?? []),
      ...this.expected.map(({ field }) => field),
    ];
    this.current = await this.read(recordType, subject, fields);
  }

  /** Nothing that was read of this record, or of lists that may hold it, is shown again. */
  async changed(type: RecordType, key: string, patient: string | undefined): Promise<void> {
    const { cache } = this.options.source.upstream;
    await cache.changed({ type, key, ...(patient === undefined ? {} : { patient }) });
  }

  /** The patient whom the command names, or whom a record of it belongs to. */
  get patient(): string | undefined {
    const { input } = this.command;
    if ('patient' in input && typeof input.patient === 'string') return input.patient;
    if (this.type === 'Patient') return this.subject;
    return (this.current?.record as { readonly patientKey?: string | null } | undefined)?.patientKey ?? undefined;
  }

  input<K extends CommandKind>(_kind: K): Commands[K] {
    return this.command.input as Commands[K];
  }
}

/** Whatever a vendor's folder throws becomes a typed error: what it does not know is an answer that was not understood. */
export const asking = async <T>(ask: () => T | Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown;
    throw toGraphError(thrown, 'BAD_VENDOR_ANSWER');
  }
};
