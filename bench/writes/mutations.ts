import type { CommandKind, WrittenType } from '../../schema/commands.ts';

/** What the graph says of a mutation. */
export interface Answered {
  readonly __typename: string;
  readonly code?: string;
  readonly reason?: string;
  readonly issues?: readonly { readonly path: readonly string[]; readonly rule: string }[];
  readonly write?: { readonly id: string; readonly state: string; readonly replayed: boolean };
  readonly made?: { readonly id: string } | string;
}

interface Row {
  readonly input: string;
  readonly saved: string;
  /** How the record that was written is selected. */
  readonly made: string;
  readonly type: WrittenType;
}

const VISIT: Omit<Row, 'input'> = { saved: 'AppointmentSaved', made: 'made: appointment { id }', type: 'Appointment' };
const PERSON: Omit<Row, 'input'> = { saved: 'PatientSaved', made: 'made: patient { id }', type: 'Patient' };

const ROWS: Readonly<Record<CommandKind, Row>> = {
  createPatient: { input: 'CreatePatientInput', ...PERSON },
  updatePatient: { input: 'UpdatePatientInput', ...PERSON },
  bookAppointment: { input: 'BookAppointmentInput', ...VISIT },
  rescheduleAppointment: { input: 'RescheduleAppointmentInput', ...VISIT },
  cancelAppointment: { input: 'ChangeAppointmentInput', ...VISIT },
  checkInAppointment: { input: 'ChangeAppointmentInput', ...VISIT },
  markNoShow: { input: 'ChangeAppointmentInput', ...VISIT },
  recordObservation: {
    ...{ input: 'RecordObservationInput', saved: 'ObservationSaved' },
    ...{ made: 'made: observation { id }', type: 'Observation' },
  },
  submitClaim: { input: 'SubmitClaimInput', saved: 'ClaimSaved', made: 'made: claim { id }', type: 'Claim' },
  saveDocument: { input: 'SaveDocumentInput', saved: 'DocumentSaved', made: 'made: documentId', type: 'Document' },
};

/** What a mutation writes. */
export const writtenBy = (kind: CommandKind): WrittenType => ROWS[kind].type;

const WRITE = 'write { id state replayed }';

const textOf = (kind: CommandKind): string => {
  const { input, saved, made } = ROWS[kind];
  return `mutation Write($input: ${input}!) {
  answer: ${kind}(input: $input) {
    __typename
    ... on UserError { code }
    ... on ValidationFailed { issues { path rule } }
    ... on VendorRejected { ${WRITE} }
    ... on WritePending { reason ${WRITE} }
    ... on ${saved} { ${WRITE} ${made} }
  }
}`;
};

/** The mutation of each kind of write; its answer is `answer`. */
export const MUTATIONS = Object.fromEntries(
  (Object.keys(ROWS) as CommandKind[]).map((kind) => [kind, textOf(kind)]),
) as Readonly<Record<CommandKind, string>>;
