import { fold } from '../../../schema/fold.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Found, PatientQuery } from '../../vendor/connector.ts';
import { toE164 } from '../../vendor/phone.ts';

/** Names compare without case and accents. */

const begins = (value: string | null | undefined, wanted: string): boolean =>
  fold(value ?? '').startsWith(fold(wanted));

/** First and middle names: which of them is which depends on who typed them in. */
const givenNames = ({ names, firstName }: Mapped<'Patient'>): string => names[0]?.given.join(' ') ?? firstName ?? '';

const fullName = (record: Mapped<'Patient'>): string => fold(`${givenNames(record)} ${record.lastName ?? ''}`);

const nameHolds = (record: Mapped<'Patient'>, wanted: string): boolean => {
  const [last = '', first = ''] = wanted.split(',');
  if (wanted.includes(',')) return begins(record.lastName, last) && begins(givenNames(record), first);
  const whole = fullName(record);
  return fold(wanted)
    .split(/\s+/)
    .every((word) => whole.includes(word));
};

const phones = ({ telecoms, phoneHome, phoneMobile }: Mapped<'Patient'>): readonly (string | null | undefined)[] => [
  phoneHome,
  phoneMobile,
  ...telecoms.filter(({ system }) => system === 'phone').map(({ value }) => toE164(value) ?? value),
];

const emails = ({ telecoms, email }: Mapped<'Patient'>): readonly string[] =>
  [email ?? '', ...telecoms.filter(({ system }) => system === 'email').map(({ value }) => value)].map((each) =>
    each.toLowerCase(),
  );

/** For each criterion: the fields that must be known to deny it, and whether the record has it. */
const CRITERIA: {
  readonly [C in keyof PatientQuery]-?: readonly [
    told: readonly string[],
    holds: (record: Mapped<'Patient'>, wanted: string) => boolean,
  ];
} = {
  name: [['firstName', 'middleName', 'lastName'], nameHolds],
  firstName: [['firstName', 'middleName'], (record, wanted) => begins(givenNames(record), wanted)],
  lastName: [['lastName'], (record, wanted) => begins(record.lastName, wanted)],
  dateOfBirth: [['dateOfBirth'], (record, wanted) => record.dateOfBirth === wanted],
  phone: [['telecoms', 'phoneMobile'], (record, wanted) => phones(record).includes(wanted)],
  email: [['telecoms', 'email'], (record, wanted) => emails(record).includes(wanted.toLowerCase())],
  identifier: [
    ['identifiers'],
    (record, wanted) =>
      record.externalId === wanted.trim() || record.identifiers.some(({ value }) => value === wanted.trim()),
  ],
};

/** Does the record meet every criterion? `undefined`: what is known of it is not enough to say. */
export const matches = (
  search: PatientQuery,
  record: Mapped<'Patient'>,
  covers: Found<'Patient'>['covers'],
): boolean | undefined => {
  const known = (fields: readonly string[]): boolean => covers === 'all' || fields.every((field) => covers.has(field));
  const answers = Object.entries(CRITERIA).map(([criterion, [told, holds]]) => {
    const wanted = search[criterion as keyof PatientQuery];
    if (wanted === undefined || holds(record, wanted)) return true;
    return known(told) ? false : undefined;
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
};
