import { astFromValue, execute, type GraphQLArgument, parse, print } from 'graphql';
import { COMMANDS, type CommandKind, type WriteOutcome } from '../schema/commands.ts';
import { Cursors } from '../schema/cursor.ts';
import { isRecordType, recordId, type SourceId } from '../schema/ids.ts';
import type { Journal } from '../store/journal.ts';
import { hubSubgraph } from '../subgraphs/hub/index.ts';
import { carry, type Decision } from '../subgraphs/hub/writes/fixture/carrier.ts';
import { documentOf, EVERYTHING } from '../subgraphs/hub/writes/fixture/hub.ts';
import { hitsField } from '../subgraphs/vendor/subgraph.ts';
import { VENDORS } from '../subgraphs/vendors.ts';
import type { SourceSettings } from '../upstream/source.ts';
import { contextOf } from './harness.ts';

/** Ids of records, by type. */
export type KnownIds = Readonly<Record<string, readonly string[]>>;

/** Writes that a journal holds, all of them settled: asked for again, they answer the same everywhere. */
export interface RecordedWrites {
  readonly ids: readonly string[];
  /** Inputs that give these writes again, and some that are not valid. */
  readonly inputs: Readonly<Record<CommandKind, readonly object[]>>;
}

const inputOf = (kind: CommandKind, source: SourceId, known: (type: string) => string): object => {
  const idempotencyKey = `${kind} at ${source}`;
  const patient = known('Patient');
  const appointment = { idempotencyKey, id: known('Appointment') };
  const change = { ...appointment, reason: 'A reason.' };
  const inputs: Readonly<Record<CommandKind, object>> = {
    createPatient: {
      idempotencyKey,
      source,
      patient: { lastName: source, dateOfBirth: '1980-02-02', gender: 'OTHER' },
    },
    updatePatient: { idempotencyKey, id: patient, patient: { address: { city: 'Springfield' } }, clear: ['email'] },
    bookAppointment: { idempotencyKey, patient, practitioner: known('Practitioner'), start: '2026-11-19T15:00:00Z' },
    rescheduleAppointment: { ...appointment, start: '2026-11-19T16:00:00Z' },
    cancelAppointment: change,
    checkInAppointment: change,
    markNoShow: change,
    recordObservation: {
      idempotencyKey,
      patient,
      code: '8480-6',
      value: { integer: 1 },
      effective: '2026-11-18T15:00:00Z',
    },
    submitClaim: {
      idempotencyKey,
      patient,
      practitioner: known('Practitioner'),
      diagnoses: ['I10'],
      lines: [{ procedure: '99213', diagnosisPointers: [1], units: '1', charge: '1', serviceDate: '2026-11-17' }],
    },
    saveDocument: { idempotencyKey, patient, type: 'Letter', contentType: 'text/plain', content: 'YQ==' },
  };
  return inputs[kind];
};

const keyOf = (id: string): string => decodeURIComponent(id.split('/')[2] ?? '');

/** The ends that a write can have, taken in turn. */
const endsOf = (kind: CommandKind, source: SourceId, known: (type: string) => string): readonly Decision[] => {
  const { type } = COMMANDS[kind];
  const key = isRecordType(type) ? keyOf(known(type)) : '1';
  const target = isRecordType(type) ? { target: recordId(source, type, key) } : {};
  const warnings = [{ path: ['note'], rule: 'length', message: 'Less of it is kept.' }];
  const refused = { kind: 'refused', message: 'Refused.', vendorCode: '17' } as const;
  const specific: WriteOutcome =
    type === 'Patient'
      ? { ...refused, code: 'POSSIBLE_DUPLICATE', candidates: [keyOf(known('Patient'))] }
      : kind === 'bookAppointment'
        ? { ...refused, code: 'SLOT_TAKEN', alternatives: [keyOf(known('Slot'))] }
        : { ...refused, code: 'ILLEGAL_TRANSITION', from: 'FULFILLED', allowed: ['ENTERED_IN_ERROR'] };
  return [
    { state: 'CONFIRMED', outcome: { kind: 'saved', type, key, warnings }, ...target },
    { state: 'REJECTED', outcome: specific },
    { state: 'CONFIRMED', outcome: { kind: 'saved', type, key }, ...target },
    { state: 'IN_DOUBT', outcome: { kind: 'doubt', reason: 'Two look alike.', candidates: [key] } },
    { state: 'REJECTED', outcome: { ...refused, code: 'VENDOR_REJECTED' }, ...target },
    { state: 'DEAD', outcome: { ...refused, code: 'SOURCE_UNAVAILABLE' } },
    {
      state: 'DISCARDED',
      outcome: { kind: 'planned', calls: [{ vendorCall: 'POST', fields: [{ name: 'a', value: 'b' }] }] },
    },
  ];
};

/** Records one write of every kind at every source by hub alone, and settles each in another way. */
export const recordWrites = async (
  journal: Journal,
  settings: readonly SourceSettings[],
  known: KnownIds,
): Promise<RecordedWrites> => {
  const sources = settings.map((source) => ({ ...source, writes: 'on' as const }));
  const vendors = VENDORS.map(({ name, prefix, vendors }) => ({
    prefix,
    vendors,
    hitsField: hitsField(name),
    capabilities: () => EVERYTHING,
  }));
  const hub = await hubSubgraph(vendors, sources, { cursors: new Cursors('not used'), journal });
  let turn = 0;
  let decision: Decision = 'wait';
  const stop = carry(
    journal,
    sources.map(({ id }) => id),
    () => decision,
  );
  const inputs = Object.fromEntries(
    (Object.keys(COMMANDS) as CommandKind[]).map((kind): [CommandKind, object[]] => [kind, []]),
  ) as Record<CommandKind, object[]>;
  for (const { id: source } of sources) {
    const idOf = (type: string): string =>
      known[type]?.find((id) => id.startsWith(`${source}/`)) ?? `${source}/${type}/1`;
    for (const [kind, list] of Object.entries(inputs) as [CommandKind, object[]][]) {
      const input = inputOf(kind, source, idOf);
      const ends = endsOf(kind, source, idOf);
      decision = ends[turn++ % ends.length] ?? 'wait';
      const { errors } = await execute({
        schema: hub.schema,
        document: parse(documentOf(hub.schema, kind)),
        variableValues: { input: { ...input, waitMs: 20_000 } },
        contextValue: hub.contextFor(contextOf([])),
      });
      if (errors !== undefined) throw errors[0] ?? new Error('A write could not be recorded.');
      list.push(input, { ...input, waitMs: -1 }, { ...input, dryRun: null, waitMs: 1 });
    }
  }
  await stop();
  const { writes } = await journal.list({ first: 100 });
  return { ids: writes.map(({ id }) => `Write/${id}`), inputs };
};

/** An input as a literal of its type. */
export const literalOf = (argument: GraphQLArgument, input: object): string => {
  const node = astFromValue(JSON.parse(JSON.stringify(input)), argument.type);
  if (node === null || node === undefined) throw new Error('The input does not fit its type.');
  return print(node);
};
