import type { Commit } from '../../sandbox/ledger.ts';
import type { OperationContext } from '../../schema/context.ts';
import type { SourceId } from '../../schema/ids.ts';
import { openStore } from '../../store/index.ts';
import { type Answer, type Graph, type GraphOptions, NOW, startGraph } from '../harness.ts';

/** The sources of the sandbox, with the simulator behind each and what tells them apart for a writer. */
export const SOURCES = [
  { source: 'lakeside', vendor: 'unity' },
  { source: 'springfield', vendor: 'athenanet' },
  { source: 'mercy', vendor: 'fhir' },
] as const;
export type Place = (typeof SOURCES)[number];

/** Writes are looked up and sent again, and given up at the end, without the patience that a real vendor needs. */
const WRITE_TIMES = { settleMs: 50, pauseMs: 10, longestPauseMs: 200, drainMs: 500 } as const;

/**
 * A graph in which writes settle fast, whose clock goes on from the sandbox's beginning. Its store is open already:
 * opening takes seconds.
 */
export const startClinic = async (options: GraphOptions = {}): Promise<Graph> => {
  const ahead = Date.parse(options.now ?? NOW) - Date.now();
  const clock = (): number => Date.now() + ahead;
  const store = openStore({ kind: 'memory' }, { now: clock });
  const graph = await startGraph({ writeTimes: WRITE_TIMES, clock, store, ...options });
  const close = async (): Promise<void> => {
    await graph.close();
    await store.close();
  };
  await store.journal.submit({
    ...{ caller: 'nobody', kind: 'cancelAppointment', idempotencyKey: 'opening', source: 'none' as SourceId },
    ...{ lane: 'none', input: {}, dryRun: true },
  });
  return { ...graph, close };
};

/** Takes every misbehaviour away. */
export const mend = ({ sandbox }: Pick<Graph, 'sandbox'>): void => {
  for (const { vendor } of SOURCES) sandbox.simulators[vendor].reset();
};

/** What tests look at of any result of a mutation. */
export const RESULT = `
  __typename
  ... on AppointmentSaved {
    appointment { id start minutes status patient { id } practitioner { id } meta { versionId } }
    write { ...Told }
  }
  ... on PatientSaved { patient { id firstName lastName phoneMobile meta { versionId } } write { ...Told } }
  ... on ObservationSaved {
    observation {
      id status code { codings { code } } effective { start }
      value { ...Value } components { code { codings { code } } value { ...Value } }
    }
    write { ...Told }
  }
  ... on ClaimSaved { claim { id status lines { charge { value } } } write { ...Told } }
  ... on DocumentSaved { documentId write { ...Told } }
  ... on WritePending { reason write { ...Told } }
  ... on UserError { code message path }
  ... on ValidationFailed { issues { path rule message } }
  ... on SlotTaken { alternatives { id start } }
  ... on IllegalTransition { from allowed }
  ... on VersionConflict { currentVersion }
  ... on PossibleDuplicate { candidates { id } }
  ... on VendorRejected { vendorCode retryable write { ...Told } }
`;
const FRAGMENTS = `
  fragment Told on Write {
    id kind state replayed reason idempotencyKey
    attempts { vendorCall outcome } warnings { path rule message } target { id }
    wouldSend { vendorCall fields { name value } }
  }
  fragment Value on ObservationValue { ... on Quantity { value unit code } ... on TextValue { text } }
`;

let last = 0;
/** A key that no other write of this process has. */
export const newKey = (): string => {
  last += 1;
  return `key-${process.pid}-${last}`;
};

/** Sends one mutation of the graph; with a key of its own unless one is given. */
export const write = async (
  graph: Pick<Graph, 'ask'>,
  mutation: string,
  input: Readonly<Record<string, unknown>>,
  caller: Partial<OperationContext> = {},
  // biome-ignore lint/suspicious/noExplicitAny: results are looked into by tests, each in its own way
): Promise<any> => {
  const type = /^(cancel|checkIn)Appointment$|^markNoShow$/.test(mutation)
    ? 'ChangeAppointmentInput'
    : `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const text = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${RESULT} } } ${FRAGMENTS}`;
  const answer: Answer = await graph.ask(
    text,
    { input: { idempotencyKey: newKey(), waitMs: 20_000, ...input } },
    caller,
  );
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return answer.data[mutation];
};

export interface FreeSlot {
  readonly id: string;
  readonly start: string;
  readonly practitioner: { readonly id: string };
  readonly location: { readonly id: string } | null;
}

/** Free slots of a fortnight from tomorrow on that do not touch each other. */
export const freeSlots = async (graph: Graph, source: string): Promise<readonly FreeSlot[]> => {
  const { data } = await graph.ask(
    `query ($id: ID!) { source(id: $id) { slots(from: "2026-11-19T06:00:00Z", to: "2026-12-03T00:00:00Z") {
      id start end practitioner { id } location { id } } } }`,
    { id: source },
  );
  return data.source.slots;
};

/** Somebody in care there, other than those before. */
export const somebody = async (graph: Graph, { source, vendor }: Place, position = 0): Promise<string> => {
  const name = graph.sandbox.familyNames[vendor][position];
  const { data } = await graph.ask(
    'query ($id: ID!, $name: String!) { source(id: $id) { patients(search: { lastName: $name }, first: 1) { nodes { id } } } }',
    { id: source, name },
  );
  return data.source.patients.nodes[0].id;
};

export const commitsOf = (graph: Graph, { vendor }: Place): readonly Commit[] =>
  graph.sandbox.simulators[vendor].commits;

interface Visit {
  readonly id: string;
  readonly status: string;
}

export const byId = (visits: readonly Visit[]): readonly Visit[] =>
  visits.toSorted((one, other) => (one.id < other.id ? -1 : 1));

/** The patient's visits of that time in the graph, by id: who was booked, moved and cancelled has one. */
export const visitsOf = async (graph: Graph, patient: string): Promise<readonly Visit[]> => {
  const { data } = await graph.ask(
    `query ($id: ID!) { patient(id: $id) {
      appointments(from: "2026-11-19T06:00:00Z", to: "2026-12-03T00:00:00Z") { nodes { id status } } } }`,
    { id: patient },
  );
  return byId(data.patient.appointments.nodes);
};

/** Visits that were made since a commit and stand in the practice now, those left out that live on under another id. */
export const visitsSince = (graph: Graph, { vendor }: Place, from: number): readonly string[] => {
  const commits = graph.sandbox.simulators[vendor].commits.slice(from);
  const last = new Map(
    commits.flatMap(({ type, id, record, call }) => (type === 'Appointment' ? [[id, { record, call }]] : [])),
  );
  return [...last.values()].flatMap(({ record, call }) =>
    call === 'PUT /appointments/{id}/reschedule' || !('status' in record) ? [] : [record.status],
  );
};
