import type { Patient } from '../practice.ts';
import { digits, lower } from './compare.ts';
import type { Parameters } from './parameters.ts';
import { singlePatientRow } from './patient-row.ts';
import { badFormat } from './reply.ts';
import type { Call, Route } from './router.ts';

/** [public: laravel] for both: the best five, from this score on. */
const USUAL_SCORE = 16;
const BEST = 5;

const same = (one: string | undefined, sent: string | undefined): boolean =>
  one !== undefined && sent !== undefined && lower(one) === lower(sent);

const starts = (one: string, sent: string): boolean => lower(one).startsWith(lower(sent));

/** Name and birth date make 22, each further agreement adds; the weights are invented. [assumption] */
const score = (patient: Patient, sent: Parameters, born: string | undefined): number => {
  const [first = '', last = ''] = [sent.text('firstname'), sent.text('lastname')];
  const points: readonly (readonly [number, boolean])[] = [
    [10, born !== undefined && patient.birthDate === born],
    [4, starts(patient.last, last)],
    [4, same(patient.last, last)],
    [2, starts(patient.first, first) || same(patient.preferred, first)],
    [2, same(patient.first, first)],
    [4, same(patient.mobilePhone, digits(sent.text('mobilephone')))],
    [4, same(patient.homePhone, digits(sent.text('homephone')))],
    [4, same(patient.email, sent.text('email'))],
    [2, same(patient.address?.postalCode?.slice(0, 5), sent.text('zip')?.slice(0, 5))],
  ];
  return points.reduce((sum, [weight, agrees]) => sum + (agrees ? weight : 0), 0);
};

const threshold = (sent: Parameters): number => {
  const text = sent.text('minscore');
  if (text === undefined) return USUAL_SCORE;
  const value = Number(text);
  if (!Number.isFinite(value)) throw badFormat('number', text);
  return value;
};

/** A bare array, best first, of whole records with their score. [public: laravel, dotnet] */
const bestMatch = ({ world, sent }: Call) => {
  sent.require('firstname', 'lastname', 'dob');
  const born = sent.day('dob');
  const least = sent.flag('returnbestmatches') ? USUAL_SCORE : threshold(sent);
  return world.practice.patients
    .map((patient) => ({ patient, points: score(patient, sent, born) }))
    .filter(({ points }) => points >= least)
    .toSorted((one, other) => other.points - one.points || one.patient.id - other.patient.id)
    .slice(0, BEST)
    .map(({ patient, points }) => ({ ...singlePatientRow(world, patient, sent), score: points }));
};

export const bestMatchRoutes: readonly Route[] = [
  { method: 'GET', path: '/patients/enhancedbestmatch', handle: bestMatch },
];
