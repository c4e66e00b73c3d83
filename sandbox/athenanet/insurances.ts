import type { Coverage, Patient } from '../practice.ts';
import { wireDay } from './clock.ts';
import { insuranceId } from './identity.ts';
import type { World } from './world.ts';

const RELATIONSHIPS: Readonly<Record<Coverage['relationship'], readonly [id: number, name: string]>> = {
  self: [1, 'Self'],
  spouse: [2, 'Spouse'],
  child: [3, 'Child'],
  other: [4, 'Other'],
};

const FIRST_PACKAGE = 1001;

/** Packages are numbered by the first use of their payer. */
const packageId = ({ payers }: World, payer: string): number => FIRST_PACKAGE + payers.indexOf(payer);

/** `Last, First` in the columns that athenaNet has for it. */
const holder = (subscriber: string | undefined) => {
  if (subscriber === undefined) return {};
  const [last = '', first] = subscriber.split(',').map((part) => part.trim());
  return {
    insurancepolicyholder: first === undefined ? last : `${first} ${last}`,
    insurancepolicyholderfirstname: first,
    insurancepolicyholderlastname: last,
  };
};

/** Birth date and sex of a policy's holder are known when the patient is the holder. */
const self = (patient: Patient, { relationship }: Coverage) =>
  relationship === 'self'
    ? {
        insurancepolicyholderdob: wireDay(patient.birthDate),
        insurancepolicyholdersex: patient.sex === 'M' || patient.sex === 'F' ? patient.sex : undefined,
      }
    : {};

/** A patient's insurances in the order of their sequence. [public: go, dotnet] */
export const insuranceRows = (world: World, patient: Patient): readonly Readonly<Record<string, unknown>>[] =>
  patient.coverages.map((coverage, index) => {
    const id = String(insuranceId(patient.id, index + 1));
    const [relationshipId, relationship] = RELATIONSHIPS[coverage.relationship];
    return {
      insuranceid: id,
      id,
      sequencenumber: index + 1,
      insurancepackageid: packageId(world, coverage.payer),
      insuranceplanname: coverage.payer,
      insuranceplandisplayname: coverage.payer,
      ircname: coverage.payer,
      insuranceidnumber: coverage.memberId,
      policynumber: coverage.groupNumber,
      ...holder(coverage.subscriber),
      ...self(patient, coverage),
      relationshiptoinsured: relationship,
      relationshiptoinsuredid: relationshipId,
      insuredentitytypeid: 1,
      issuedate: wireDay(coverage.start),
      expirationdate: wireDay(coverage.end),
    };
  });
