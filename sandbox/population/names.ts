import type { Address } from '../practice.ts';

export const WOMEN = [
  'Abigail',
  'Beatrice',
  'Camila',
  'Chloe',
  'Danielle',
  'Denise',
  'Emily',
  'Esther',
  'Hazel',
  'Ingrid',
  'Joanna',
  'Keisha',
  'Lillian',
  'Maya',
  'Naomi',
  'Patricia',
  'Renee',
  'Sofia',
  'Tamara',
  'Yvonne',
] as const;

export const MEN = [
  'Aaron',
  'Andre',
  'Calvin',
  'Dennis',
  'Eduardo',
  'Francis',
  'Gregory',
  'Harold',
  'Isaac',
  'Jerome',
  'Kevin',
  'Leonard',
  'Marcus',
  'Nathan',
  'Oscar',
  'Philip',
  'Ramon',
  'Stephen',
  'Victor',
  'Wesley',
] as const;

export const FAMILIES = [
  'Abbott',
  'Barnes',
  'Castillo',
  'Delgado',
  'Ellison',
  'Fitzgerald',
  'Gallagher',
  'Hartley',
  'Ibrahim',
  'Jennings',
  'Kimura',
  'Lindqvist',
  'Mahoney',
  'Nakamura',
  'Osborne',
  'Pacheco',
  'Quigley',
  'Rosen',
  'Saunders',
  'Townsend',
  'Underwood',
  'Vasquez',
  'Whitaker',
  'Xiong',
  'Yates',
  'Zimmerman',
] as const;

const STREETS = [
  'Maple Ave',
  'Oak St',
  'Cedar Ln',
  'Washington Blvd',
  'Elm St',
  'Lakeview Dr',
  'Park Rd',
  'Highland Ave',
  'Mill Rd',
  'Church St',
  'Sunset Blvd',
  '2nd St',
  'Prairie Ave',
  'Chestnut St',
] as const;

export type Place = Required<Pick<Address, 'city' | 'state' | 'postalCode'>>;

/** A street address in a place, from two numbers. */
export const streetAddress = (place: Place, number: number, apartment?: number): Address => ({
  line1: `${number} ${STREETS[number % STREETS.length]}`,
  ...(apartment === undefined ? {} : { line2: `Apt ${apartment}` }),
  ...place,
  country: 'US',
});

export const PAYERS = ['Blue Cross', 'Aetna', 'Cigna', 'UnitedHealthcare', 'Humana'] as const;

/** Letters without accents or punctuation, in lower case: for logins and mail boxes. */
export const plainLetters = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
