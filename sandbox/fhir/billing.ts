import type { Claim, ExplanationOfBenefit, ExplanationOfBenefitTotal, Money } from '@medplum/fhirtypes';
import type * as Records from '../practice.ts';
import { concept, decimal, ID, identifiersOf, optional, URI } from './names.ts';

const money = (amount: string): Money => ({ value: decimal(amount), currency: 'USD' });

/** FHIR's claim status is the record's; what the payer made of it stands in the explanation of benefit. */
const recordStatus = ({ status }: Records.Claim): 'draft' | 'cancelled' | 'active' =>
  status === 'draft' || status === 'cancelled' ? status : 'active';

const OUTCOME: Readonly<Partial<Record<Records.Claim['status'], ExplanationOfBenefit['outcome']>>> = {
  accepted: 'queued',
  rejected: 'error',
  denied: 'complete',
  'partially-paid': 'partial',
  paid: 'complete',
};

/** By the claim's payer among the patient's coverages; by name alone when there is no such one. */
const coverageOf = ({ payer, patientId }: Records.Claim, patient: Records.Patient | undefined) => {
  if (payer === undefined) return { extension: [{ url: URI.absentExtension, valueCode: 'not-applicable' }] };
  const at = patient?.coverages.findIndex((coverage) => coverage.payer === payer) ?? -1;
  return at < 0 ? { display: payer } : { reference: `Coverage/${ID.coverage(patientId, at)}`, display: payer };
};

const shared = (claim: Records.Claim) => ({
  status: recordStatus(claim),
  type: concept(URI.claimType, 'professional'),
  use: 'claim' as const,
  patient: { reference: `Patient/${ID.patient(claim.patientId)}` },
  billablePeriod: { start: claim.serviceStart, end: claim.serviceEnd },
  provider:
    claim.practitionerId === undefined
      ? { reference: `Organization/${ID.organization}` }
      : { reference: `Practitioner/${ID.practitioner(claim.practitionerId)}` },
  ...optional('facility', claim.locationId, (id) => ({ reference: `Location/${ID.location(id)}` })),
});

const diagnosis = ({ diagnoses }: Records.Claim) =>
  diagnoses.length === 0
    ? {}
    : {
        diagnosis: diagnoses.map(({ system, code, display }, at) => ({
          sequence: at + 1,
          diagnosisCodeableConcept: concept(system, code, display === '' ? undefined : display),
        })),
      };

const careTeam = ({ practitionerId }: Records.Claim) =>
  optional('careTeam', practitionerId, (id) => [
    {
      sequence: 1,
      provider: { reference: `Practitioner/${ID.practitioner(id)}` },
      role: concept(URI.careTeamRole, 'primary'),
    },
  ]);

const lineOf = (claim: Records.Claim, line: Records.ClaimLine, at: number) => ({
  sequence: at + 1,
  ...(line.diagnosisPointers.length === 0 ? {} : { diagnosisSequence: [...line.diagnosisPointers] }),
  productOrService: concept(
    line.procedure.system,
    line.procedure.code,
    line.procedure.display === '' ? undefined : line.procedure.display,
  ),
  ...(line.modifiers.length === 0 ? {} : { modifier: line.modifiers.map((code) => concept(URI.cptModifier, code)) }),
  servicedDate: line.date,
  quantity: { value: decimal(line.units) },
  ...optional('net', line.charge, money),
  ...optional('encounter', claim.appointmentId, (id) => [{ reference: `Encounter/${ID.encounter(id)}` }]),
});

export const claimResource = (claim: Records.Claim, patient: Records.Patient | undefined): Claim => ({
  resourceType: 'Claim',
  id: ID.claim(claim.id),
  ...identifiersOf([{ system: URI.claimNumber, value: String(claim.id) }], claim),
  ...shared(claim),
  created: claim.createdAt,
  priority: concept(URI.priority, 'normal'),
  ...careTeam(claim),
  ...diagnosis(claim),
  insurance: [{ sequence: 1, focal: true, coverage: coverageOf(claim, patient) }],
  ...(claim.lines.length === 0 ? {} : { item: claim.lines.map((line, at) => lineOf(claim, line, at)) }),
  ...optional('total', claim.totalCharge, money),
});

const total = (system: string, code: string, amount: string | undefined): readonly ExplanationOfBenefitTotal[] =>
  amount === undefined ? [] : [{ category: concept(system, code), amount: money(amount) }];

/** A denial is a decision that pays nothing. */
const benefit = ({ status, insurancePaid }: Records.Claim): string | undefined =>
  insurancePaid ?? (status === 'denied' ? '0' : undefined);

const PAYMENT_CATEGORY = { patient: 'paidbypatient', adjustment: 'discount' } as const;

/** Payments of the patient and write-offs, one by one; the insurance's stand in `payment` and the totals. */
const adjudication = ({ payments }: Records.Claim) => {
  const others = payments.flatMap(({ from, amount }) =>
    from === 'insurance'
      ? []
      : [{ category: concept(URI.moreAdjudication, PAYMENT_CATEGORY[from]), amount: money(amount) }],
  );
  return others.length === 0 ? {} : { adjudication: others };
};

const payment = (claim: Records.Claim) => {
  const last = claim.payments
    .filter(({ from }) => from === 'insurance')
    .toSorted((one, other) => one.date.localeCompare(other.date))
    .at(-1);
  return last === undefined || claim.insurancePaid === undefined
    ? {}
    : { payment: { date: last.date, amount: money(claim.insurancePaid) } };
};

const DISPOSITION: Readonly<Partial<Record<Records.Claim['status'], string>>> = {
  rejected: 'Claim rejected',
  denied: 'Claim denied',
};

/** True once the payer has taken the claim. */
export const isTaken = ({ status }: Records.Claim): boolean => OUTCOME[status] !== undefined;

/** What the payer decided; there is none before the payer has taken the claim. */
export const explanationResource = (
  claim: Records.Claim,
  patient: Records.Patient | undefined,
): ExplanationOfBenefit | undefined => {
  const outcome = OUTCOME[claim.status];
  if (outcome === undefined) return undefined;
  const submitted = (charge: string) => [{ category: concept(URI.adjudication, 'submitted'), amount: money(charge) }];
  return {
    resourceType: 'ExplanationOfBenefit',
    id: ID.explanation(claim.id),
    ...shared(claim),
    created: claim.createdAt,
    insurer: claim.payer === undefined ? coverageOf(claim, undefined) : { display: claim.payer },
    claim: { reference: `Claim/${ID.claim(claim.id)}` },
    outcome,
    ...optional('disposition', DISPOSITION[claim.status], String),
    ...careTeam(claim),
    ...diagnosis(claim),
    insurance: [{ focal: true, coverage: coverageOf(claim, patient) }],
    ...(claim.lines.length === 0
      ? {}
      : {
          item: claim.lines.map((line, at) => {
            const { net, ...item } = lineOf(claim, line, at);
            return {
              ...item,
              ...(net === undefined ? {} : { net }),
              ...optional('adjudication', line.charge, submitted),
            };
          }),
        }),
    ...adjudication(claim),
    total: [
      ...total(URI.adjudication, 'submitted', claim.totalCharge),
      ...total(URI.adjudication, 'benefit', benefit(claim)),
      ...total(URI.moreAdjudication, 'paidbypatient', claim.patientPaid),
      ...total(URI.moreAdjudication, 'memberliability', claim.patientResponsibility),
    ],
    ...payment(claim),
  };
};
