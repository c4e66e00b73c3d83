import type { Appointment, Claim, ClaimLine, Observation } from '../practice.ts';
import { dateIn, earlier, minutesBetween, plusMinutes } from './calendar.ts';
import { CHARGE, DIAGNOSIS, type Diagnosis, PROCEDURE, type Procedure } from './codes.ts';
import { PANELS } from './laboratory.ts';
import type { Resident } from './person.ts';
import type { Profile } from './profiles.ts';
import type { Random } from './random.ts';
import { diagnosesOf, type Service, servicesOf } from './services.ts';
import { dollars, payments, settle } from './settlement.ts';

type Status = Claim['status'];

/** Taken in turn by what was sent in the last week, and by what is older. */
const NEW: readonly Status[] = ['draft', 'queued', 'submitted'];
const AGED: readonly Status[] = [
  'accepted',
  'paid',
  'partially-paid',
  'paid',
  'denied',
  'paid',
  'rejected',
  'paid',
  'submitted',
  'cancelled',
  'paid',
];
/** Nobody accepts, denies or rejects what goes to the patient. */
const SELF_PAID: readonly Status[] = ['paid', 'partially-paid'];
const WEEK = 7 * 24 * 60;

const turns = () => {
  const taken = new Map<readonly Status[], number>();
  return (list: readonly Status[]): Status => {
    const turn = taken.get(list) ?? 0;
    taken.set(list, turn + 1);
    return list[turn % list.length] ?? 'draft';
  };
};

const counter = (first: number): (() => number) => {
  let next = first;
  return () => next++;
};

const line = (service: Service, diagnoses: readonly Diagnosis[], id: number, date: string): ClaimLine => {
  const { procedure, units, modifiers } = service;
  const vaccine = procedure === 'vaccineFirst' || procedure === 'vaccineMore';
  const panel = PANELS.find((candidate) => candidate.procedure === procedure);
  const reasons: readonly Diagnosis[] = vaccine ? ['vaccination'] : (panel?.reasons ?? []);
  const pointed = diagnoses.findIndex((diagnosis) => reasons.includes(diagnosis));
  const evaluation = PROCEDURE[procedure].code.startsWith('99');
  return {
    id,
    procedure: PROCEDURE[procedure],
    modifiers,
    diagnosisPointers: evaluation ? diagnoses.map((_, position) => position + 1) : [Math.max(pointed, 0) + 1],
    units: String(units),
    charge: dollars(CHARGE[procedure] * units),
    date,
  };
};

const cents = ({ procedure, units }: Service): number => CHARGE[procedure] * units;

/** Claims for most fulfilled visits, with the laboratory work that was ordered there. */
export const claims = (
  profile: Profile,
  residents: readonly Resident[],
  appointments: readonly Appointment[],
  results: readonly Observation[],
  now: string,
  random: Random,
): Claim[] => {
  const byId = new Map(residents.map((resident) => [resident.patient.id, resident]));
  const ordered = Map.groupBy(results, ({ appointmentId }) => appointmentId);
  const nextStatus = turns();
  const nextLine = counter(profile.firstIds.line);
  const nextPayment = counter(profile.firstIds.payment);
  const nextClaim = counter(profile.firstIds.claim);

  const claim = (visit: Appointment, { patient, traits }: Resident): Claim => {
    const chance = random.fork(`claim ${visit.id}`);
    const zone = profile.locations.find(({ id }) => id === visit.locationId)?.timeZone ?? profile.timeZone;
    const date = dateIn(visit.start, zone);
    const payer = patient.coverages.find(({ start, end }) => (start ?? date) <= date && (end ?? date) >= date)?.payer;
    const recent = minutesBetween(visit.start, now) < WEEK;
    const status = nextStatus(recent ? NEW : payer === undefined ? SELF_PAID : AGED);
    const names = new Set((ordered.get(visit.id) ?? []).map(({ reportName }) => reportName));
    const panels: Procedure[] = PANELS.filter(({ name }) => names.has(name)).map(({ procedure }) => procedure);
    const services = servicesOf(visit, traits, panels, chance);
    const diagnoses = diagnosesOf(visit, traits, services);
    const total = services.reduce((sum, service) => sum + cents(service), 0);
    const settlement = settle(status, total, payer !== undefined);
    const today = dateIn(now, zone);
    return {
      id: nextClaim(),
      patientId: patient.id,
      ...(visit.practitionerId === undefined ? {} : { practitionerId: visit.practitionerId }),
      ...(visit.locationId === undefined ? {} : { locationId: visit.locationId }),
      appointmentId: visit.id,
      status,
      ...(payer === undefined ? {} : { payer }),
      serviceStart: date,
      serviceEnd: date,
      createdAt: earlier(plusMinutes(visit.start, chance.int(120, 2_000)), now),
      diagnoses: diagnoses.map((diagnosis) => DIAGNOSIS[diagnosis]),
      lines: services.map((service) => line(service, diagnoses, nextLine(), date)),
      totalCharge: dollars(total),
      ...(settlement.insurance === undefined ? {} : { insurancePaid: dollars(settlement.insurance) }),
      ...(settlement.patient === undefined ? {} : { patientPaid: dollars(settlement.patient) }),
      ...(settlement.responsibility === undefined ? {} : { patientResponsibility: dollars(settlement.responsibility) }),
      payments: payments(settlement, { date, today, days: chance.int(8, 20) }).map((row) => ({
        id: nextPayment(),
        ...row,
      })),
    };
  };

  return appointments
    .filter(({ status }) => status === 'fulfilled' && random.chance(0.85))
    .flatMap((visit) => {
      const resident = byId.get(visit.patientId);
      return resident === undefined ? [] : [claim(visit, resident)];
    });
};
