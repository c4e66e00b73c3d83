import type { CommandKind } from '../../schema/commands.ts';
import type { Graph } from '../harness.ts';
import { type Place, write } from './clinic.ts';
import type { Ground } from './ground.ts';

type Vendor = Place['vendor'];
export type Input = Readonly<Record<string, unknown>>;

/** One way of writing, as it is tried at every source that can. */
export interface Deed {
  readonly name: string;
  readonly kind: CommandKind;
  /** What a source must be able to do besides. */
  readonly needs?: readonly [type: string, capability: string];
  /** The vendor's name of the request that carries it out. */
  readonly call: Readonly<Record<Vendor, string>>;
  /** What only that request says, where others have the same name. */
  readonly says?: Readonly<Partial<Record<Vendor, string>>>;
  /** What the vendor commits when it is carried out once. */
  readonly leaves: Readonly<Record<Vendor, readonly string[]>>;
  /** What to write: something new each time. What it is about is made first. */
  input(graph: Graph, ground: Ground): Promise<Input>;
}

const everywhere = <T>(value: T): Readonly<Record<Vendor, T>> => ({ unity: value, athenanet: value, fhir: value });
const SAVE = 'Magic SaveAppointment';
const STATUS = 'Magic SetAppointmentStatus';

const LETTERS = ['Ab', 'El', 'Im', 'Or', 'Ur', 'An', 'En', 'Is', 'On', 'Un'];
/** A family name of its own for every number. */
export const nameFor = (number: number): string =>
  `Zz${[...String(number)].map((digit) => LETTERS[Number(digit)]?.toLowerCase()).join('')}`;

export const newPerson = (ground: Ground): Readonly<Record<string, string>> => ({
  ...{ firstName: 'Ada', lastName: nameFor(ground.number()), dateOfBirth: '1980-04-05', gender: 'FEMALE' },
});

export const newBooking = (ground: Ground): Input => ({ patient: ground.patient().id, ...ground.time() });

/** An appointment that stands, by its id. */
export const booked = async (graph: Graph, ground: Ground, patient = ground.patient().id): Promise<string> => {
  const result = await write(graph, 'bookAppointment', { ...newBooking(ground), patient });
  if (result.appointment === undefined) throw new Error(`The booking that a test needs is ${result.__typename}.`);
  return result.appointment.id;
};

/** A systolic pressure that no other result has, on a day of its own. */
export const newPressure = (ground: Ground, patient = ground.patient().id): Input => {
  const number = ground.number();
  const effective = new Date(Date.parse('2019-01-07T18:00:00Z') + number * 86_400_000).toISOString();
  const quantity = { value: String(80 + (number % 100)), unit: 'mm[Hg]', code: 'mm[Hg]' };
  return { patient, code: '8480-6', category: 'vital-signs', effective, value: { quantity } };
};

export const newClaim = (ground: Ground): Input => {
  const charge = (100 + ground.number() / 100).toFixed(2);
  return {
    ...{ patient: ground.patient().id, practitioner: ground.practitioner, diagnoses: ['I10'] },
    ...(ground.place.vendor === 'fhir' ? { payer: 'Prairie Mutual' } : {}),
    lines: [{ procedure: '99213', diagnosisPointers: [1], units: '1', charge, serviceDate: '2026-10-19' }],
  };
};

const LETTER: Readonly<Record<Vendor, string>> = { unity: 'sLETTER', athenanet: 'ADMIN', fhir: '51852-2' };

export const newDocument = (ground: Ground): Input => {
  const number = ground.number();
  const content = Buffer.from(`Letter ${number}`).toString('base64');
  return {
    ...{ patient: ground.patient().id, type: LETTER[ground.place.vendor], title: `Letter ${number}` },
    ...{ contentType: 'application/pdf', content },
  };
};

const changed = {
  leaves: everywhere(['updated Appointment']),
  input: async (graph: Graph, ground: Ground) => ({ id: await booked(graph, ground) }),
};

export const DEEDS: readonly Deed[] = [
  {
    ...{ name: 'createPatient', kind: 'createPatient', leaves: everywhere(['created Patient']) },
    call: { unity: 'Magic SavePatient', athenanet: 'POST /patients', fhir: 'POST Patient' },
    input: async (_, ground) => ({
      ...{ source: ground.place.source, location: ground.location, patient: newPerson(ground) },
    }),
  },
  {
    ...{ name: 'updatePatient', kind: 'updatePatient', leaves: everywhere(['updated Patient']) },
    call: { unity: 'Magic SavePatient', athenanet: 'PUT /patients/{id}', fhir: 'PUT Patient/{id}' },
    input: async (_, ground) => ({
      ...{ id: ground.patient().id, patient: { email: `someone${ground.number()}@example.com` } },
    }),
  },
  {
    ...{ name: 'bookAppointment in a slot', kind: 'bookAppointment', leaves: everywhere(['created Appointment']) },
    call: { unity: SAVE, athenanet: 'PUT /appointments/{id}', fhir: 'POST Appointment' },
    input: async (_, ground) => ({ patient: ground.patient().id, slot: ground.slot() }),
  },
  {
    ...{ name: 'bookAppointment at a time', kind: 'bookAppointment' },
    call: { unity: SAVE, athenanet: 'POST /appointments/open', fhir: 'POST Appointment' },
    leaves: { ...everywhere(['created Appointment']), athenanet: ['created Slot', 'created Appointment'] },
    input: async (_, ground) => newBooking(ground),
  },
  {
    ...{ name: 'rescheduleAppointment', kind: 'rescheduleAppointment' },
    call: { unity: SAVE, athenanet: 'PUT /appointments/{id}/reschedule', fhir: 'PATCH Appointment/{id}' },
    leaves: {
      ...everywhere(['updated Appointment']),
      athenanet: ['created Slot', 'created Appointment', 'updated Appointment'],
    },
    input: async (graph, ground) => ({ id: await booked(graph, ground), ...ground.time() }),
  },
  {
    ...{ name: 'cancelAppointment', kind: 'cancelAppointment', ...changed },
    call: { unity: STATUS, athenanet: 'PUT /appointments/{id}/cancel', fhir: 'PATCH Appointment/{id}' },
  },
  {
    ...{ name: 'checkInAppointment', kind: 'checkInAppointment', ...changed },
    call: { unity: STATUS, athenanet: 'POST /appointments/{id}/checkin', fhir: 'PATCH Appointment/{id}' },
  },
  {
    ...{ name: 'markNoShow', kind: 'markNoShow', ...changed },
    call: { unity: STATUS, athenanet: 'PUT /appointments/{id}/cancel', fhir: 'PATCH Appointment/{id}' },
  },
  {
    ...{ name: 'recordObservation', kind: 'recordObservation', leaves: everywhere(['created Observation']) },
    call: { unity: 'Magic SaveVitalsData', athenanet: 'POST /chart/{patientid}/vitals', fhir: 'POST Observation' },
    input: async (_, ground) => newPressure(ground),
  },
  {
    ...{ name: 'recordObservation as a correction', kind: 'recordObservation', needs: ['Observation', 'UPDATE'] },
    call: {
      ...{ unity: 'Magic SaveVitalsData', athenanet: 'PUT /chart/{patientid}/vitals/{vitalid}' },
      fhir: 'PUT Observation/{id}',
    },
    leaves: everywhere(['updated Observation']),
    input: async (graph, ground) => {
      const first = newPressure(ground);
      const { observation } = await write(graph, 'recordObservation', first);
      return { ...first, value: newPressure(ground).value, corrects: observation.id, status: 'CORRECTED' };
    },
  },
  {
    ...{ name: 'submitClaim', kind: 'submitClaim', leaves: everywhere(['created Claim']) },
    call: { unity: 'none', athenanet: 'POST /claims', fhir: 'POST Claim' },
    input: async (_, ground) => newClaim(ground),
  },
  {
    ...{ name: 'saveDocument', kind: 'saveDocument', leaves: everywhere(['created Document']) },
    call: {
      ...{ unity: 'Magic SaveDocumentImage', athenanet: 'POST /patients/{patientid}/documents' },
      fhir: 'POST DocumentReference',
    },
    // the bytes come first, and then the word that they are all
    says: { unity: 'bDoneUpload&quot; value=&quot;true' },
    input: async (_, ground) => newDocument(ground),
  },
];

export const can = (ground: Ground, { kind, needs }: Deed): boolean =>
  ground.does(kind) && (needs === undefined || ground.can(...needs));
