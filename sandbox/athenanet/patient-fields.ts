import type { Address, Coded, Patient } from '../practice.ts';
import { digits } from './compare.ts';
import { ethnicityOf, raceOf } from './dictionaries.ts';
import { languageOf } from './languages.ts';
import type { Parameters } from './parameters.ts';
import { badFormat, invalid, missingFields } from './reply.ts';
import type { Call } from './router.ts';
import type { World } from './world.ts';

/** What a call sets; undefined takes a value away. */
export type PatientSet = { readonly [K in keyof Omit<Patient, 'id' | 'mrn' | 'changedAt'>]?: Patient[K] | undefined };

type Texts<T> = Readonly<Record<string, readonly [field: keyof T, most: number]>>;

type Names = Pick<Patient, 'first' | 'middle' | 'last' | 'suffix' | 'preferred'>;

/** Columns of text and how long they may be. [public: docs-trouble for the lengths; state and country: assumption] */
const TEXTS: Texts<Names> = {
  firstname: ['first', 20],
  middlename: ['middle', 20],
  lastname: ['last', 30],
  suffix: ['suffix', 20],
  preferredname: ['preferred', 20],
};
const ADDRESS: Texts<Address> = {
  address1: ['line1', 100],
  address2: ['line2', 100],
  city: ['city', 30],
  state: ['state', 2],
  zip: ['postalCode', 10],
  countrycode3166: ['country', 2],
};
const EMAIL_LENGTH = 50;
/** Names and birth day cannot be taken away. */
const KEPT: ReadonlySet<string> = new Set(['firstname', 'lastname', 'dob']);

/** Longer text is refused. [assumption for the refusal] */
const textsIn = <T>({ sent }: Call, columns: Texts<T>): { [K in keyof T]?: string | undefined } => {
  const set: { [K in keyof T]?: string | undefined } = {};
  for (const [name, [field, most]] of Object.entries(columns)) {
    const text = sent.text(name);
    if (text !== undefined && text.length > most)
      throw invalid(`The value of ${name} is longer than ${most} characters.`);
    if (sent.isEmpty(name) && KEPT.has(name)) throw missingFields([name]);
    if (text !== undefined || sent.isEmpty(name)) set[field] = text;
  }
  return set;
};

/** Numbers that are none are silently ignored [public: docs-trouble]; `declined` takes the number away [assumption]. */
const phonesIn = ({ sent }: Call): PatientSet => {
  const columns = { homephone: 'homePhone', mobilephone: 'mobilePhone', workphone: 'workPhone' } as const;
  const set: { [K in (typeof columns)[keyof typeof columns]]?: string | undefined } = {};
  for (const [name, field] of Object.entries(columns)) {
    const text = sent.text(name);
    const number = digits(text) ?? '';
    if (sent.isEmpty(name) || text === 'declined') set[field] = undefined;
    else if (/^[2-9]\d{9}$/.test(number)) set[field] = number;
  }
  return set;
};

const emailIn = ({ sent }: Call): PatientSet => {
  if (sent.isEmpty('email')) return { email: undefined };
  const email = sent.text('email');
  if (email === undefined) return {};
  if (email.length > EMAIL_LENGTH) throw invalid(`The value of email is longer than ${EMAIL_LENGTH} characters.`);
  const good = email === 'declined' || /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email);
  if (!good && sent.flag('returnerroroninvalidemail')) throw invalid('The email address is invalid.');
  return good ? { email } : {};
};

const dayIn = (world: World, sent: Parameters, name: string): string | undefined => {
  const day = sent.day(name);
  if (day !== undefined && day > world.localAt(world.now, undefined).date)
    throw invalid(`The ${name} is in the future.`);
  return day;
};

/** One column of a list of words: a word that is not in it is refused, an empty value takes it away. */
const wordIn = <T>(sent: Parameters, name: string, read: (word: string) => T | undefined) => {
  const word = sent.text(name);
  if (sent.isEmpty(name) || word?.toLowerCase() === 'declined') return { value: undefined };
  if (word === undefined) return undefined;
  const value = read(word);
  if (value === undefined) throw badFormat(name, word);
  return { value };
};

const SEXES: readonly NonNullable<Patient['sex']>[] = ['M', 'F', 'U'];
const MARITAL: readonly NonNullable<Patient['maritalStatus']>[] = ['D', 'M', 'S', 'U', 'W'];

/** CDC codes, joined by tabs. [public: laravel] */
const racesOf = (world: World, text: string): readonly Coded[] | undefined => {
  const races = text.split(/[\t,]/).map((code) => raceOf(world, code.trim()));
  return races.every((race) => race !== undefined) ? races : undefined;
};

const codesIn = ({ world, sent }: Call): PatientSet => {
  const sex = wordIn(sent, 'sex', (word) => SEXES.find((one) => one === word.toUpperCase()));
  const marital = wordIn(sent, 'maritalstatus', (word) => MARITAL.find((one) => one === word.toUpperCase()));
  const race = wordIn(sent, 'race', (word) => racesOf(world, word));
  const ethnicity = wordIn(sent, 'ethnicitycode', (word) => ethnicityOf(world, word));
  const language = wordIn(sent, 'language6392code', languageOf);
  return {
    ...(sex && { sex: sex.value }),
    ...(marital && { maritalStatus: marital.value }),
    ...(race && { race: race.value ?? [] }),
    ...(ethnicity && { ethnicity: ethnicity.value }),
    ...(language && { language: language.value }),
  };
};

/** The patient's department, where one was sent; a department or a provider that is not there is refused. */
const placesIn = ({ world, sent }: Call): PatientSet => {
  const [department, provider] = [sent.id('departmentid'), sent.id('primaryproviderid')];
  if (department !== undefined && world.location(department) === undefined) throw invalid('Invalid DEPARTMENTID input');
  if (provider !== undefined && world.practitioner(provider) === undefined)
    throw invalid('Invalid PRIMARYPROVIDERID input');
  return {
    ...(department !== undefined && { locationId: department }),
    ...(provider !== undefined && { practitionerId: provider }),
  };
};

/**
 * What a call says of a patient. Columns that a Practice has no place for are ignored, and of those with a place an empty
 * value takes what was there away. [assumption for both]
 */
export const patientFields = (call: Call, before?: Patient): PatientSet => {
  const { world, sent } = call;
  if (sent.isEmpty('dob')) throw missingFields(['dob']);
  const [born, died] = [dayIn(world, sent, 'dob'), dayIn(world, sent, 'deceaseddate')];
  const address = textsIn<Address>(call, ADDRESS);
  const status = sent.text('status')?.toLowerCase();
  if (status !== undefined && status !== 'active' && status !== 'a') throw badFormat('status', status);
  return {
    ...textsIn<Names>(call, TEXTS),
    ...(born !== undefined && { birthDate: born }),
    ...(died !== undefined && { deceased: died }),
    ...codesIn(call),
    ...(Object.keys(address).length > 0 && { address: { ...before?.address, ...address } }),
    ...phonesIn(call),
    ...emailIn(call),
    ...placesIn(call),
  };
};
