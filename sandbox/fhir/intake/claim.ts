import type { Claim, ClaimDiagnosis, ClaimItem } from '@medplum/fhirtypes';
import Big from 'big.js';
import type { Draft } from '../../ledger.ts';
import type * as Records from '../../practice.ts';
import { wrongAt } from '../faults.ts';
import { ID, URI } from '../names.ts';
import { digits, identifiersFrom, namedCodeFrom, neededNumber, numberOf } from './elements.ts';

const diagnosisFrom = ({ diagnosisCodeableConcept, sequence }: ClaimDiagnosis, at: number): Records.Coded => {
  const place = `Claim.diagnosis[${at}]`;
  if (Number(sequence) !== at + 1) throw wrongAt('element-invalid', `${place}.sequence`);
  const code = namedCodeFrom(diagnosisCodeableConcept);
  if (code === undefined) throw wrongAt('element-missing', `${place}.diagnosisCodeableConcept`);
  return code;
};

const chargeOf = ({ net, unitPrice, quantity }: ClaimItem): string | undefined => {
  const price = digits(unitPrice?.value);
  const product = price === undefined ? undefined : new Big(price).times(digits(quantity?.value) ?? '1').toFixed(2);
  return digits(net?.value) ?? product;
};

const lineFrom = (item: ClaimItem, at: number, diagnoses: number): Records.ClaimLine => {
  const place = `Claim.item[${at}]`;
  const procedure = namedCodeFrom(item.productOrService);
  if (procedure === undefined) throw wrongAt('element-missing', `${place}.productOrService`);
  const date = item.servicedDate ?? item.servicedPeriod?.start;
  if (date === undefined) throw wrongAt('element-missing', `${place}.serviced`);
  const diagnosisPointers = (item.diagnosisSequence ?? []).map(Number);
  if (diagnosisPointers.some((pointer) => pointer < 1 || pointer > diagnoses))
    throw wrongAt('element-invalid', `${place}.diagnosisSequence`);
  return {
    id: at + 1,
    procedure,
    modifiers: (item.modifier ?? []).flatMap((concept) => namedCodeFrom(concept)?.code ?? []),
    diagnosisPointers,
    units: digits(item.quantity?.value) ?? '1',
    charge: chargeOf(item),
    date: date.slice(0, 10),
  };
};

const payerFrom = ({ insurance }: Claim, patient: Records.Patient | undefined): string | undefined => {
  const { coverage } = insurance.find(({ focal }) => focal) ?? insurance[0] ?? {};
  if (coverage?.reference === undefined) return coverage?.display;
  const at = patient?.coverages.findIndex(
    (_, index) => coverage.reference === `Coverage/${ID.coverage(patient.id, index)}`,
  );
  const own = at === undefined ? undefined : patient?.coverages[at];
  if (own === undefined) throw wrongAt('reference', 'Claim.insurance.coverage');
  return own.payer;
};

/** The sum of the lines, which a total that is told has to be. */
const totalFrom = ({ total }: Claim, lines: readonly Records.ClaimLine[]): string | undefined => {
  const told = digits(total?.value);
  if (lines.length === 0 || lines.some(({ charge }) => charge === undefined)) return told;
  const sum = lines.reduce((all, { charge = '0' }) => all.plus(charge), new Big(0));
  if (told !== undefined && !sum.eq(told)) throw wrongAt('element-invalid', 'Claim.total');
  return told ?? sum.toFixed(2);
};

const checkKind = ({ status, use, type }: Claim): void => {
  if (status !== 'active' && status !== 'draft') throw wrongAt('status-move', 'Claim.status');
  if (use !== 'claim') throw wrongAt('element-unsupported', 'Claim.use');
  if (!type.coding?.some(({ code }) => code === 'professional')) throw wrongAt('element-unsupported', 'Claim.type');
};

/**
 * A claim in the practice's words: professional ones, with coded diagnoses in their sequence and lines that point to
 * them; an active one is submitted. `created`, priority and care team are dropped: the server says its own.
 */
export const claimFrom = (claim: Claim, { patients }: Records.Practice): Draft['Claim'] => {
  checkKind(claim);
  const patientId = neededNumber(claim.patient, 'Patient', 'Claim.patient');
  const diagnoses = (claim.diagnosis ?? []).map(diagnosisFrom);
  const lines = (claim.item ?? []).map((item, at) => lineFrom(item, at, diagnoses.length));
  const days = lines.map(({ date }) => date).toSorted();
  const [first = claim.created.slice(0, 10)] = days;
  return {
    ...identifiersFrom(claim.identifier, URI.claimNumber),
    patientId,
    practitionerId: numberOf(claim.provider, 'Practitioner'),
    locationId: numberOf(claim.facility, 'Location'),
    appointmentId: (claim.item ?? [])
      .flatMap(({ encounter = [] }) => encounter)
      .map((reference) => numberOf(reference, 'Encounter'))
      .find((id) => id !== undefined),
    status: claim.status === 'draft' ? 'draft' : 'submitted',
    payer: payerFrom(
      claim,
      patients.find(({ id }) => id === patientId),
    ),
    serviceStart: claim.billablePeriod?.start?.slice(0, 10) ?? first,
    serviceEnd: claim.billablePeriod?.end?.slice(0, 10) ?? days.at(-1) ?? first,
    diagnoses,
    lines,
    totalCharge: totalFrom(claim, lines),
    payments: [],
  };
};
