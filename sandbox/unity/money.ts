import Big from 'big.js';
import type { Appointment, Claim, ClaimLine, Coverage, Patient } from '../practice.ts';
import { type Spec, singleRow, type Table, table } from './dataset.ts';
import { addDays, type Local, usDate, usTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { isOnSchedule } from './schedule.ts';
import { claimEncounterId, lastFirst, visitEncounterId, type World } from './world.ts';

interface Encounter {
  readonly id: string;
  readonly patientId: number;
  readonly at: Local;
  readonly visit?: Appointment;
  readonly practitionerId?: number;
  readonly claims: readonly Claim[];
}

const claimsOf = (world: World, patientId: number): readonly Claim[] =>
  world.practice.claims.filter((claim) => claim.patientId === patientId);

const visitOf = (world: World, claim: Claim): Appointment | undefined =>
  claim.appointmentId === undefined ? undefined : world.appointment(claim.appointmentId);

/** One encounter per visit, with its claim, and one per claim that has no visit to itself. */
const encountersOf = (world: World, patient: Patient): readonly Encounter[] => {
  const claims = claimsOf(world, patient.id);
  const visits = new Map(
    [
      ...world.practice.appointments.filter((visit) => visit.patientId === patient.id && isOnSchedule(visit)),
      ...claims.flatMap((claim) => visitOf(world, claim) ?? []),
    ].map((visit) => [visitEncounterId(visit), visit]),
  );
  const ids = new Set([...visits.keys(), ...claims.map((claim) => claimEncounterId(claim, claims))]);
  return [...ids].map((id): Encounter => {
    const own = claims.filter((claim) => claimEncounterId(claim, claims) === id);
    const [claim] = own;
    const visit = visits.get(id) ?? (claim && visitOf(world, claim));
    const practitionerId = claim?.practitionerId ?? visit?.practitionerId;
    return {
      id,
      patientId: patient.id,
      at: visit ? world.local(visit.start) : `${claim?.serviceStart ?? ''}T00:00:00.000`,
      ...(visit && { visit }),
      ...(practitionerId !== undefined && { practitionerId }),
      claims: own,
    };
  });
};

const encounterType = ({ visit }: Encounter): string => (visit ? 'Appointment' : 'Non-Appointment');

const ENCOUNTER: Spec<Encounter> = {
  ID: ({ id }) => id,
  patientid: ({ patientId }) => String(patientId),
  DTTM: ({ at }) => usTime(at),
  VisitID: ({ visit }) => String(visit?.id ?? 0),
  PerformingProviderID: ({ practitionerId }) => String(practitionerId ?? 0),
  PerformingProviderName: ({ practitionerId }, world) => {
    const found = world.practitioner(practitionerId);
    return found ? lastFirst(found) : '';
  },
  EncounterType: encounterType,
  ApptComment: ({ visit }) => visit?.reason ?? '',
};

/** P1 type, P2 the day to look from, P3 days into the future, P4 `Y` for the past too, P5 provider's login name. */
const encounterList = ({ world, call, time, parameter }: Work): readonly Table[] => {
  const patient = world.patient(call.patientId);
  const [type, username] = [parameter(1).toLowerCase(), parameter(5).toLowerCase()];
  const from = (time(parameter(2)) ?? world.local(world.now())).slice(0, 10);
  const until = addDays(from, Number(parameter(3)) || 0);
  const past = parameter(4).toUpperCase() === 'Y';
  const found = (patient ? encountersOf(world, patient) : []).filter((encounter) => {
    const day = encounter.at.slice(0, 10);
    const provider = world.practitioner(encounter.practitionerId)?.username.toLowerCase();
    return (
      (past || day >= from) &&
      day <= until &&
      (type === '' || encounterType(encounter).toLowerCase() === type) &&
      (username === '' || provider === username)
    );
  });
  if (found.length === 0) return [singleRow(ENCOUNTER, { ID: '0', patientid: '0' })];
  return [
    table(
      world,
      ENCOUNTER,
      [...found].sort((one, other) => (one.at < other.at ? 1 : -1)),
    ),
  ];
};

/** The EHR hears nothing from the payer: what has left the practice stays `Submitted`. Words but one are assumptions. */
const CHARGE_STATUS: Readonly<Record<Claim['status'], string>> = {
  draft: 'Unsubmitted',
  queued: 'Pending',
  submitted: 'Submitted',
  accepted: 'Submitted',
  rejected: 'Submitted',
  denied: 'Submitted',
  'partially-paid': 'Submitted',
  paid: 'Submitted',
  cancelled: 'Voided',
};

interface Charge {
  readonly encounterId: string;
  readonly claim: Claim;
  readonly line: ClaimLine;
  readonly position: number;
}

const CHARGE: Spec<Charge> = {
  ChargeID: ({ claim, position }) => `${claim.id}${String(position).padStart(3, '0')}`,
  EncounterID: ({ encounterId }) => encounterId,
  ChargeCode: ({ line }) => line.procedure.code,
  ChargeDescription: ({ line }) => line.procedure.display,
  Units: ({ line }) => line.units,
  Modifier1: ({ line }) => line.modifiers[0] ?? '',
  Modifier2: ({ line }) => line.modifiers[1] ?? '',
  Modifier3: ({ line }) => line.modifiers[2] ?? '',
  Modifier4: ({ line }) => line.modifiers[3] ?? '',
  DiagnosisCodes: ({ claim, line }) =>
    line.diagnosisPointers.map((pointer) => claim.diagnoses[pointer - 1]?.code ?? '').join('|'),
  Status: ({ claim }) => CHARGE_STATUS[claim.status],
};

const patientOfEncounter = (world: World, id: string): Patient | undefined => {
  const key = id.slice(1);
  const record = id.startsWith('7')
    ? world.appointment(key)
    : world.practice.claims.find((claim) => id.startsWith('8') && String(claim.id) === key);
  return record && world.patient(record.patientId);
};

/** P1 the encounter. */
const charges = ({ world, parameter }: Work): readonly Table[] => {
  const encounterId = parameter(1);
  const patient = patientOfEncounter(world, encounterId);
  const claims = patient ? claimsOf(world, patient.id) : [];
  const rows = claims
    .filter((claim) => claimEncounterId(claim, claims) === encounterId)
    .flatMap((claim) => claim.lines.map((line, index): Charge => ({ encounterId, claim, line, position: index + 1 })));
  return [table(world, CHARGE, rows)];
};

/** `$40.00`, `15.50`, `(5.50)`: the three ways in which the vendor was seen to write money, by voucher. */
const moneyText = (amount: Big, voucher: number): string => {
  if (amount.lt(0)) return `(${amount.abs().toFixed(2)})`;
  return `${voucher % 2 === 0 ? '$' : ''}${amount.toFixed(2)}`;
};

const VOUCHER: Spec<Claim> = {
  Voucher_ID: ({ id }) => String(id),
  patientbalance: ({ id, patientResponsibility, patientPaid }) =>
    patientResponsibility === undefined
      ? undefined
      : moneyText(new Big(patientResponsibility).minus(patientPaid ?? '0'), id),
};

const RELATIONSHIP = { self: 'Self', spouse: 'Spouse', child: 'Child', other: 'Other' } as const;

/** The columns of a policy are not public: these are an assumption in the style of Practice Management. */
const POLICY: Spec<Coverage> = {
  Carrier_Name: ({ payer }) => payer,
  Certificate_No: ({ memberId }) => memberId,
  Group_No: ({ groupNumber }) => groupNumber,
  Subscriber_Name: ({ subscriber }) => subscriber,
  Relationship: ({ relationship }) => RELATIONSHIP[relationship],
  Effective_Date: ({ start }) => start && usDate(start),
  Termination_Date: ({ end }) => end && usDate(end),
};

export const MONEY_ACTIONS: readonly Action[] = [
  { name: 'GetEncounterList', run: encounterList },
  { name: 'GetCharges', run: charges },
  {
    name: 'GetPatientAccountBalance',
    run: ({ world, call }) => {
      const patient = world.patient(call.patientId);
      return [table(world, VOUCHER, patient ? claimsOf(world, patient.id) : [])];
    },
  },
  {
    name: 'GetPatientPolicy',
    run: ({ world, call }) => [table(world, POLICY, world.patient(call.patientId)?.coverages ?? [])],
  },
];
