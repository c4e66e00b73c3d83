import type { Appointment } from '../practice.ts';
import type { Diagnosis, Procedure } from './codes.ts';
import type { Traits } from './person.ts';
import type { Random } from './random.ts';

export interface Service {
  readonly procedure: Procedure;
  readonly units: number;
  readonly modifiers: readonly string[];
}

const COMPLAINTS: Readonly<Record<string, Diagnosis>> = {
  cough: 'cold',
  'back pain': 'backPain',
  'knee pain': 'backPain',
  fatigue: 'fatigue',
};

/** What a visit was about, the reason for coming first. */
export const diagnosesOf = (visit: Appointment, traits: Traits, services: readonly Service[]): Diagnosis[] => {
  const done = new Set(services.map(({ procedure }) => procedure));
  const grown = Number(visit.start.slice(0, 4)) - traits.birthYear >= 18;
  const checkup: Diagnosis = grown ? 'checkup' : 'childCheckup';
  const complaint = visit.reason === undefined ? undefined : COMPLAINTS[visit.reason];
  const found: Diagnosis[] = [
    ...(visit.reason === 'annual physical' ? [checkup] : []),
    ...(complaint === undefined ? [] : [complaint]),
    ...(done.has('urineCulture') ? (['urinary'] as const) : []),
    ...(done.has('troponin') ? (['chestPain'] as const) : []),
    ...(done.has('vaccineFirst') ? (['vaccination'] as const) : []),
    ...traits.conditions,
  ];
  return [...new Set(found.length > 0 ? found : [checkup])].slice(0, 4);
};

const one = (procedure: Procedure, ...modifiers: string[]): Service => ({ procedure, units: 1, modifiers });

/** What was done at a visit and can be billed. */
export const servicesOf = (
  visit: Appointment,
  traits: Traits,
  panels: readonly Procedure[],
  random: Random,
): Service[] => {
  const vaccines = visit.reason === 'annual physical' && random.chance(0.5);
  const ecg = traits.conditions.includes('hypertension') && random.chance(0.35);
  const extras: Service[] = [
    ...panels.map((panel) => one(panel)),
    ...(panels.length > 0 ? [one('bloodDraw')] : []),
    ...(ecg ? [one('ecg')] : []),
    ...(vaccines ? [one('vaccineFirst'), { ...one('vaccineMore'), units: 2 }] : []),
  ];
  const office = visit.minutes > 20 ? 'visitLong' : 'visitShort';
  const visitCode: Procedure =
    visit.reason === 'annual physical' ? 'physical' : visit.reason === 'establish care' ? 'visitNew' : office;
  // Modifier 25: a separately identifiable visit on the day of another procedure.
  return [ecg || vaccines ? one(visitCode, '25') : one(visitCode), ...extras];
};
