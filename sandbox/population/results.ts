import type { Appointment, Observation } from '../practice.ts';
import { dateIn, earlier, instantOf, minutesBetween, plusDays, plusMinutes } from './calendar.ts';
import { corrected } from './corrections.ts';
import { loinc, type Measure, PANELS, type Panel } from './laboratory.ts';
import type { Resident } from './person.ts';
import type { Profile } from './profiles.ts';
import type { Random } from './random.ts';
import { type Unnumbered, vitals } from './vitals.ts';

/** A panel drawn from somebody, at a visit or on its own. */
interface Draw {
  readonly panel: Panel;
  readonly resident: Resident;
  readonly practitionerId: number | undefined;
  readonly visit?: Appointment;
  readonly effective: string;
}

const interpretation = ({ low, high, criticalLow, criticalHigh }: Measure, value: number): string => {
  if (criticalHigh !== undefined && value >= criticalHigh) return 'HH';
  if (criticalLow !== undefined && value <= criticalLow) return 'LL';
  if (high !== undefined && value > high) return 'H';
  return low !== undefined && value < low ? 'L' : 'N';
};

const measured = (measure: Measure, { traits }: Resident, random: Random) => {
  const shift = traits.conditions.reduce((sum, condition) => sum + (measure.shift?.[condition] ?? 0), 0);
  const drawn = measure.mean + shift + (random.next() + random.next() - 1) * measure.spread * 1.5;
  const smallest = 10 ** -measure.decimals;
  const value = Math.max(drawn, smallest).toFixed(measure.decimals);
  return {
    code: loinc(measure.loinc, measure.display),
    localCode: measure.localCode,
    value: {
      kind: 'quantity' as const,
      value,
      unit: measure.unit,
      ucum: measure.ucum,
      ...(drawn < smallest ? { comparator: '<' as const } : {}),
    },
    ...(measure.low === undefined ? {} : { referenceLow: measure.low.toFixed(measure.decimals) }),
    ...(measure.high === undefined ? {} : { referenceHigh: measure.high.toFixed(measure.decimals) }),
    interpretation: interpretation(measure, Number(value)),
    components: [],
  };
};

const inWords = (words: Panel['words'], random: Random) => {
  if (words === undefined) return [];
  const { text, interpretation: meaning } = random.pick(words.findings);
  return [
    {
      code: loinc(words.loinc, words.display),
      localCode: words.localCode,
      value: { kind: 'text' as const, text },
      interpretation: meaning,
      components: [],
    },
  ];
};

const report = (draw: Draw, reportId: number, now: string, random: Random): Unnumbered[] => {
  const { panel, resident, practitionerId, visit, effective } = draw;
  const due = plusMinutes(effective, random.int(180, 2_400));
  const common = {
    patientId: resident.patient.id,
    ...(practitionerId === undefined ? {} : { practitionerId }),
    ...(visit === undefined ? {} : { appointmentId: visit.id }),
    category: 'laboratory' as const,
    effective,
    reportId,
    reportName: panel.name,
    issued: earlier(due, now),
    status: minutesBetween(due, now) < 0 ? ('preliminary' as const) : ('final' as const),
    history: [],
  };
  const values = [...panel.measures.map((row) => measured(row, resident, random)), ...inWords(panel.words, random)];
  return values.map((row) => ({ ...common, ...row }));
};

const fits = (panel: Panel, { traits }: Resident): boolean =>
  panel.reasons === undefined || panel.reasons.some((reason) => traits.conditions.includes(reason));

const drawsAtVisits = (
  visits: readonly Appointment[],
  residents: ReadonlyMap<number, Resident>,
  random: Random,
): Draw[] => {
  const drawn = (visit: Appointment, resident: Resident, panel: Panel): Draw => ({
    panel,
    resident,
    practitionerId: visit.practitionerId,
    visit,
    effective: plusMinutes(visit.start, random.int(12, 25)),
  });
  // Every panel once for certain, so that each practice has each kind of result; the rest by the patients' conditions.
  const turns = random.shuffled(visits).slice(0, PANELS.length);
  return visits.flatMap((visit) => {
    const resident = residents.get(visit.patientId);
    if (resident === undefined) return [];
    const certain = turns.indexOf(visit);
    return PANELS.filter((panel, index) => index === certain || (fits(panel, resident) && random.chance(0.3))).map(
      (panel) => drawn(visit, resident, panel),
    );
  });
};

/** Reports of the past two years, from before the schedule that the practice still shows. */
const earlierDraws = (profile: Profile, residents: readonly Resident[], now: string, random: Random): Draw[] => {
  const zone = profile.timeZone;
  return residents.flatMap((resident) =>
    Array.from({ length: random.int(1, 2) }, () => {
      const panel = random.pick(PANELS.filter((candidate) => fits(candidate, resident)));
      const date = plusDays(dateIn(now, zone), -random.int(60, 700));
      const effective = instantOf(date, `0${random.int(7, 9)}:${random.int(10, 59)}`, zone);
      return { panel, resident, practitionerId: resident.patient.practitionerId, effective };
    }),
  );
};

/** Vital signs and laboratory results of a practice, corrections included, in the order in which they were taken. */
export const observations = (
  profile: Profile,
  residents: readonly Resident[],
  appointments: readonly Appointment[],
  now: string,
  random: Random,
): Observation[] => {
  const byId = new Map(residents.map((resident) => [resident.patient.id, resident]));
  const visits = appointments.filter(({ status }) => status === 'fulfilled');
  const draws = [
    ...earlierDraws(profile, residents, now, random.fork('earlier')),
    ...drawsAtVisits(visits, byId, random.fork('draws')),
  ];
  const results = draws.flatMap((draw, index) =>
    report(draw, profile.firstIds.report + index, now, random.fork(`report ${index}`)),
  );
  const measurements = visits.flatMap((visit, index) => {
    const resident = byId.get(visit.patientId);
    const reportId = profile.firstIds.report + draws.length + index;
    return resident === undefined ? [] : vitals(visit, resident, reportId, now, random.fork(`vitals ${visit.id}`));
  });
  return [...corrected(results, now, random.fork('corrections')), ...measurements]
    .sort((one, other) => minutesBetween(other.effective, one.effective))
    .map((row, index) => ({ ...row, id: profile.firstIds.observation + index }));
};
