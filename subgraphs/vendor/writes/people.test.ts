import { expect, it } from 'vitest';
import type { Mapped } from '../../../schema/records.ts';
import { isLikely } from './people.ts';

const ANN = {
  firstName: 'Mary Ann',
  lastName: 'Müller',
  dateOfBirth: '1980-05-15',
  gender: 'FEMALE',
  phoneMobile: '+12175550141',
} as const;

it.each<[boolean, string, object]>([
  [true, 'the same in every field', {}],
  [true, 'the same without accents and in capitals', { lastName: 'MULLER' }],
  [true, 'known by the first of two given names', { firstName: 'Mary' }],
  [true, 'of a birth date known to the year', { dateOfBirth: '1980' }],
  [true, 'without a birth date and with the same telephone', { dateOfBirth: null }],
  [true, 'without a gender', { gender: null }],
  [true, 'of a gender that nobody knows', { gender: 'UNKNOWN' }],
  [false, 'of another birth date', { dateOfBirth: '1980-05-16' }],
  [false, 'of another given name', { firstName: 'Anna' }],
  [false, 'of another family name', { lastName: 'Miller' }],
  [false, 'of another gender', { gender: 'MALE' }],
  [false, 'without a birth date and with another telephone', { dateOfBirth: null, phoneMobile: '+12175550199' }],
  [false, 'without a birth date and a telephone', { dateOfBirth: null, phoneMobile: null }],
])('says %s for somebody %s', (likely, _who, more) => {
  expect(isLikely(ANN, { ...ANN, ...more } as Mapped<'Patient'>)).toBe(likely);
});
