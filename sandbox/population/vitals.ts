import type { Appointment, Observation, Value } from '../practice.ts';
import { earlier, plusMinutes } from './calendar.ts';
import { SMOKING } from './codes.ts';
import { loinc } from './laboratory.ts';
import type { Resident, Traits } from './person.ts';
import type { Random } from './random.ts';

/** An observation before it has its number. */
export type Unnumbered = Omit<Observation, 'id'>;

const quantity = (value: number, decimals: number, unit: string, ucum: string): Value => ({
  kind: 'quantity',
  value: value.toFixed(decimals),
  unit,
  ucum,
});

/** Height in centimetres and weight in kilograms at an age. */
const body = ({ height, bodyMass }: Traits, age: number): { readonly height: number; readonly weight: number } => {
  const grown = age >= 17 ? height : Math.min(height, 76 + age * 5.9);
  const mass = age >= 17 ? bodyMass : 15.5 + age * 0.35;
  return { height: grown, weight: mass * (grown / 100) ** 2 };
};

const taken = (
  traits: Traits,
  age: number,
  random: Random,
): readonly Pick<Unnumbered, 'code' | 'value' | 'components'>[] => {
  const child = age < 12;
  const systolic = child ? random.int(92, 108) : traits.systolic + random.int(-9, 11);
  const diastolic = Math.round(systolic * 0.6) + random.int(-4, 6);
  const size = body(traits, age);
  const height = Number(size.height.toFixed(1));
  const weight = Number((size.weight + random.int(-14, 14) / 10).toFixed(1));
  const single = (code: string, display: string, value: Value) => ({
    code: loinc(code, display),
    value,
    components: [],
  });
  return [
    {
      code: loinc('85354-9', 'Blood pressure panel with all children optional'),
      components: [
        { code: loinc('8480-6', 'Systolic blood pressure'), value: quantity(systolic, 0, 'mmHg', 'mm[Hg]') },
        { code: loinc('8462-4', 'Diastolic blood pressure'), value: quantity(diastolic, 0, 'mmHg', 'mm[Hg]') },
      ],
    },
    single('8867-4', 'Heart rate', quantity(random.int(58, 92) + (child ? 16 : 0), 0, 'beats/min', '/min')),
    single('9279-1', 'Respiratory rate', quantity(random.int(12, 18) + (child ? 4 : 0), 0, 'breaths/min', '/min')),
    single('8310-5', 'Body temperature', quantity(random.int(972, 994) / 10, 1, 'degF', '[degF]')),
    single(
      '59408-5',
      'Oxygen saturation in Arterial blood by Pulse oximetry',
      quantity(random.int(95, 100), 0, '%', '%'),
    ),
    single('29463-7', 'Body weight', quantity(weight, 1, 'kg', 'kg')),
    single('8302-2', 'Body height', quantity(height, 1, 'cm', 'cm')),
    single('39156-5', 'Body mass index (BMI) [Ratio]', quantity(weight / (height / 100) ** 2, 1, 'kg/m2', 'kg/m2')),
  ];
};

/** What is measured when a visit begins, as one group, and at a new patient's visit the smoking status. */
export const vitals = (
  visit: Appointment,
  { traits }: Resident,
  reportId: number,
  now: string,
  random: Random,
): Unnumbered[] => {
  const effective = plusMinutes(visit.start, random.int(3, 10));
  const common = {
    patientId: visit.patientId,
    ...(visit.practitionerId === undefined ? {} : { practitionerId: visit.practitionerId }),
    appointmentId: visit.id,
    effective,
    issued: earlier(plusMinutes(effective, 2), now),
    status: 'final' as const,
    reportId,
    history: [],
  };
  const age = Number(visit.start.slice(0, 4)) - traits.birthYear;
  const measured = taken(traits, age, random).map((row) => ({
    ...common,
    ...row,
    category: 'vital-signs' as const,
    reportName: 'Vital signs',
  }));
  if (age < 13 || !random.chance(0.2)) return measured;
  const smoking: Unnumbered = {
    ...common,
    category: 'social-history',
    code: loinc('72166-2', 'Tobacco smoking status'),
    reportName: 'Social history',
    value: { kind: 'code', code: SMOKING[traits.smoking] },
    components: [],
  };
  return [...measured, smoking];
};
