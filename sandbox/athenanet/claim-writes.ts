import Big from 'big.js';
import type { Claim, ClaimLine, Coded, Patient } from '../practice.ts';
import { insuranceId } from './identity.ts';
import { invalid, notFound } from './reply.ts';
import type { Call, Route } from './router.ts';

const CPT = 'http://www.ama-assn.org/go/cpt';
const HCPCS = 'urn:oid:2.16.840.1.113883.6.285';
const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm';
const MOST_DIAGNOSES = 4;
const LONGEST_RESERVED = 48;

/** One charge before it has a place in a claim. */
interface Charge {
  readonly procedure: Coded;
  readonly modifiers: readonly string[];
  readonly diagnoses: readonly string[];
  readonly units: string;
  readonly charge?: string;
}

/** A charge that cannot be, in the words of the answer. [assumption, after the sample of a wrong procedure code] */
class Rejected extends Error {}

const textOf = (sent: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = sent[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') throw new Rejected(`Invalid ${name}.`);
  return String(value).trim();
};

const decimal = (sent: Readonly<Record<string, unknown>>, name: string): Big | undefined => {
  const text = textOf(sent, name);
  if (text !== undefined && !/^\d{1,9}(\.\d{1,4})?$/.test(text)) throw new Rejected(`Invalid ${name}: ${text}`);
  return text === undefined ? undefined : new Big(text);
};

/** A code with its modifiers behind commas. [public: go, docs-claim; which codes there can be: assumption] */
const procedureOf = (text: string): Pick<Charge, 'procedure' | 'modifiers'> => {
  const [code = '', ...modifiers] = text.split(',').map((part) => part.trim());
  const system = /^(\d{5}|\d{4}[FTU])$/.test(code) ? CPT : HCPCS;
  if (system === HCPCS && !/^[A-V]\d{4}$/.test(code)) throw new Rejected(`Invalid procedure code: ${code}`);
  const wrong = modifiers.find((modifier) => !/^[A-Z0-9]{2}$/.test(modifier));
  if (wrong !== undefined) throw new Rejected(`Invalid procedure code modifier: ${wrong}`);
  return { procedure: { system, code, display: '' }, modifiers };
};

const diagnosesOf = (sent: Readonly<Record<string, unknown>>): readonly string[] => {
  const names = Array.from({ length: MOST_DIAGNOSES }, (_, index) => `icd10code${index + 1}`);
  const codes = names.flatMap((name) => textOf(sent, name) ?? []);
  if (textOf(sent, 'icd10code1') === undefined) throw new Rejected('A diagnosis code is required.');
  const wrong = codes.find((code) => !/^[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?$/.test(code));
  if (wrong !== undefined) throw new Rejected(`Invalid diagnosis code: ${wrong}`);
  return [...new Set(codes)];
};

const chargeOf = (sent: unknown): Charge => {
  if (typeof sent !== 'object' || sent === null) throw new Rejected('Invalid claim charges.');
  const fields = sent as Readonly<Record<string, unknown>>;
  const code = textOf(fields, 'procedurecode');
  if (code === undefined) throw new Rejected('A procedure code is required.');
  const units = decimal(fields, 'units') ?? new Big(1);
  if (units.lte(0)) throw new Rejected('Invalid units: 0');
  const amount = decimal(fields, 'unitamount');
  return {
    ...procedureOf(code),
    diagnoses: diagnosesOf(fields),
    units: units.toFixed(),
    ...(amount !== undefined && { charge: amount.times(units).toFixed(2) }),
  };
};

const chargesOf = ({ sent }: Call): readonly Charge[] => {
  sent.require('claimcharges');
  const charges = sent.json('claimcharges');
  if (!Array.isArray(charges) || charges.length === 0) throw new Rejected('Invalid claim charges.');
  return charges.map(chargeOf);
};

/** Every diagnosis once; each line points at its own. The total is known when every line's charge is. */
const partsOf = (charges: readonly Charge[], date: string): Pick<Claim, 'diagnoses' | 'lines' | 'totalCharge'> => {
  const codes = [...new Set(charges.flatMap(({ diagnoses }) => diagnoses))];
  const lines = charges.map(
    ({ diagnoses, ...rest }, index): ClaimLine => ({
      ...rest,
      id: index + 1,
      diagnosisPointers: diagnoses.map((code) => codes.indexOf(code) + 1),
      date,
    }),
  );
  const amounts = charges.flatMap(({ charge }) => charge ?? []);
  const total = amounts.reduce((sum, amount) => sum.plus(amount), new Big(0));
  return {
    diagnoses: codes.map((code) => ({ system: ICD10, code, display: '' })),
    lines,
    ...(amounts.length === charges.length && { totalCharge: total.toFixed(2) }),
  };
};

/** The payer of the insurance that a call names, or of the patient's first. [assumption for the first] */
const payerOf = ({ sent }: Call, { id, coverages }: Patient): string | undefined => {
  const asked = sent.id('primarypatientinsuranceid');
  const coverage =
    asked === undefined ? coverages[0] : coverages.find((_, index) => insuranceId(id, index + 1) === asked);
  if (asked !== undefined && coverage === undefined) throw invalid('Invalid PRIMARYPATIENTINSURANCEID input');
  return coverage?.payer;
};

/** A filed claim is ready to go to the payer: DROP. [assumption] */
const file = (call: Call, patient: Patient, facts: Partial<Claim>, date: string): string[] => {
  const payer = payerOf(call, patient);
  const claim = call.ledger.fileClaim(call.name, {
    ...facts,
    patientId: patient.id,
    status: 'queued',
    serviceStart: date,
    serviceEnd: date,
    ...partsOf(chargesOf(call), date),
    ...(payer !== undefined && { payer }),
    payments: [],
  });
  return [String(claim.id)];
};

/** What is wrong with the charges comes under status 200. [public: laravel, go] A claim of a visit says no empty message. */
const answered = (make: () => string[], saysNothing = true) => {
  try {
    return { success: true, claimids: make(), ...(saysNothing && { errormessage: '' }) };
  } catch (thrown) {
    if (thrown instanceof Rejected) return { success: false, claimids: [], errormessage: thrown.message };
    throw thrown;
  }
};

const providerSent = ({ world, sent }: Call, name: string): number | undefined => {
  const id = sent.id(name);
  if (id !== undefined && world.practitioner(id) === undefined) throw invalid(`Invalid ${name.toUpperCase()} input`);
  return id;
};

/** Never in the future, and today when nothing is said. [public: laravel] */
const serviceDate = ({ world, sent }: Call, locationId: number): string => {
  const today = world.localAt(world.now, locationId).date;
  const date = sent.day('servicedate') ?? today;
  if (date > today) throw invalid('The service date is in the future.');
  return date;
};

const create = (call: Call) => {
  const { world, sent } = call;
  sent.require('patientid', 'departmentid', 'supervisingproviderid', 'claimcharges');
  const patient = world.patient(sent.id('patientid') ?? Number.NaN);
  if (patient === undefined) throw notFound('patient');
  const location = world.location(sent.id('departmentid'));
  if (location === undefined) throw invalid('Invalid DEPARTMENTID input');
  const supervising = providerSent(call, 'supervisingproviderid');
  const practitionerId = providerSent(call, 'renderingproviderid') ?? supervising;
  const date = serviceDate(call, location.id);
  if ((sent.text('reserved19') ?? '').length > LONGEST_RESERVED)
    throw invalid(`The value of reserved19 is longer than ${LONGEST_RESERVED} characters.`);
  return answered(() => file(call, patient, { locationId: location.id, practitionerId }, date));
};

/** For a visit that is checked in or out and has no claim yet. [public: laravel, docs-claimflow; the sentence: assumption] */
const createForVisit = (call: Call) => {
  const { world, id } = call;
  const visit = world.appointment(id('id'));
  if (visit === undefined) throw notFound('appointment');
  const patient = world.patient(visit.patientId);
  if (patient === undefined) throw notFound('patient');
  const { practitionerId, locationId, start, status } = visit;
  const seen = status === 'checked-in' || status === 'fulfilled';
  return answered(() => {
    if (!seen || world.claimsFor(visit.id).length > 0) throw new Rejected('The appointment is not ready for a claim.');
    const { date } = world.localAt(start, locationId);
    return file(call, patient, { locationId, practitionerId, appointmentId: visit.id }, date);
  }, false);
};

export const claimWriteRoutes: readonly Route[] = [
  { method: 'POST', path: '/claims', handle: create },
  { method: 'POST', path: '/appointments/{id}/claim', handle: createForVisit },
];
