import { validationFailed } from '../../schema/errors.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Call } from '../../upstream/call.ts';
import type { Found, Page, PatientQuery, Wanted, Window } from '../vendor/connector.ts';
import { fold } from '../vendor/fold.ts';
import { byName } from '../vendor/order.ts';
import { toE164, toNationalDigits } from '../vendor/phone.ts';
import { literal, type Reading } from './client.ts';
import { replacement, toPatient } from './mapping/patient.ts';
import { rowsFor, toRows } from './page.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import type { Criterion, Param, PatientRules } from './rules.ts';
import type { Service } from './service.ts';

type Patient = Resource<'Patient'>;
type Answer<T> = T | null | Error;

/**
 * Patients by id. One whom the vendor merged into another is answered with the survivor's data under the asked key, with
 * `replacedBy`: only when the vendor says so itself, by a redirect (Epic) or by `link` (Oracle), and one step far.
 */
export const readPatients = async (
  service: Service,
  wanted: readonly Wanted<'Patient'>[],
  call: Call,
): Promise<readonly Answer<Found<'Patient'>>[]> => {
  const { byId } = await service.ids.read(
    'Patient',
    wanted.map(({ key }) => key),
    call,
  );
  const survivors = new Map<string, string>();
  for (const [key, reading] of byId) {
    const survivor = survivorOf(reading, service);
    if (survivor !== undefined) survivors.set(key, survivor);
  }
  const further = survivors.size === 0 ? undefined : await service.ids.read('Patient', [...survivors.values()], call);
  return wanted.map(({ key }) => {
    const reading = byId.get(key);
    const survivor = survivors.get(key);
    if (survivor === undefined || further === undefined) return own(reading, service);
    return merged(key, survivor, reading, further.byId.get(survivor), service);
  });
};

const survivorOf = (reading: Reading<'Patient'> | Error | undefined, { client }: Service): string | undefined => {
  if (reading === undefined || reading instanceof Error) return undefined;
  if ('movedTo' in reading) return reading.movedTo;
  return 'found' in reading ? replacement(reading.found, client.base) : undefined;
};

const own = (reading: Reading<'Patient'> | Error | undefined, service: Service): Answer<Found<'Patient'>> => {
  if (reading instanceof Error) return reading;
  return reading !== undefined && 'found' in reading
    ? { record: toPatient(reading.found, service.context()), covers: 'all' }
    : null;
};

const merged = (
  key: string,
  survivor: string,
  asked: Reading<'Patient'> | Error | undefined,
  reading: Reading<'Patient'> | Error | undefined,
  service: Service,
): Answer<Found<'Patient'>> => {
  if (reading instanceof Error) return reading;
  if (reading === undefined || !('found' in reading)) return own(asked, service);
  service.aliases.set(key, survivor);
  const record = toPatient(reading.found, service.context());
  return { record: { ...record, key, externalId: key, own: { ...record.own, replacedBy: survivor } }, covers: 'all' };
};

/** The id under which the vendor keeps what belongs to a patient, as far as a merge is known. */
export const currentId = (service: Service, patient: string): string => service.aliases.get(patient) ?? patient;

/**
 * Rows of a sorted search in one call. A result that fits is put into order here, since servers also sort by nicknames;
 * a longer one stays in the server's order, so that it need not be read to its end. The size never changes, so that all
 * pages of a search are cut from the same order.
 */
const SORTED_PAGE = 200;

/** One search. Servers match names, numbers and dates in their own ways, so every row is checked again. */
export const searchPatients = async (
  service: Service,
  search: PatientQuery,
  window: Window,
  call: Call,
): Promise<Page<'Patient'>> => {
  const { profile } = service;
  const { patients } = profile;
  const query = withNameParts(search);
  const set = patients.sets.find((criteria) => criteria.every((criterion) => query[criterion] !== undefined));
  if (set === undefined) throw validationFailed([{ path: ['search'], rule: 'vendor', message: patients.wants }]);
  const sent = patients.minimal === true ? set : (Object.keys(patients.params) as Criterion[]);
  const context = service.context();
  const fits = (patient: Patient): boolean => matches(toPatient(patient, context), query);
  const rows = rowsFor(window);
  let pages = 0;
  const listing = await service.client.search(
    'Patient',
    [
      ...sent.flatMap((criterion) => paramOf(criterion, query[criterion], patients)),
      ...(patients.sort === undefined ? [] : ([['_sort', patients.sort]] as const)),
      ...service.count(
        Math.min(patients.sort === undefined ? Number.MAX_SAFE_INTEGER : SORTED_PAGE, largestPage(profile, 'Patient')),
      ),
    ],
    call,
    (found) => {
      pages += 1;
      return patients.sort !== undefined && found.filter(fits).length >= rows;
    },
  );
  const found = listing.matches.map((patient) => toPatient(patient, context)).filter((one) => matches(one, query));
  const inServerOrder = patients.sort !== undefined && pages > 0;
  return toRows(inServerOrder ? found : [...found].sort(byName), window, listing.complete);
};

/** `Last, First` says which part is which. */
const withNameParts = ({ name, ...search }: PatientQuery): PatientQuery => {
  const [, last, first] = /^\s*([^,]+?)\s*,\s*([^,]+?)\s*$/.exec(name ?? '') ?? [];
  if (last === undefined || first === undefined) return { ...search, ...(name === undefined ? {} : { name }) };
  return search.lastName === undefined && search.firstName === undefined
    ? { ...search, lastName: last, firstName: first }
    : { ...search, name: `${last} ${first}` };
};

const paramOf = (criterion: Criterion, value: string | undefined, rules: PatientRules): readonly Param[] => {
  const param = rules.params[criterion];
  if (value === undefined || param === undefined) return [];
  if (criterion === 'phone')
    return [[param, rules.phoneForms === true ? phoneForms(value).join(',') : toNationalDigits(value)]];
  if (criterion === 'identifier') return [[param, identifierToken(value)]];
  if (criterion === 'name') return words(value).map((word) => [param, literal(word)]);
  return [[param, literal(value)]];
};

/** `system|value` (Epic: `MRN|123`) is a token of two parts; anything else is the value alone. */
const identifierToken = (value: string): string => value.split('|').map(literal).join('|');

/** A phone is a token: it matches only the way it is written. These are the ways in which US systems write it. */
const phoneForms = (e164: string): readonly string[] => {
  const digits = toNationalDigits(e164);
  const [, area, office, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164) ?? [];
  return area === undefined
    ? [e164, digits]
    : [e164, digits, `${area}-${office}-${line}`, `(${area}) ${office}-${line}`, `${area}.${office}.${line}`];
};

const words = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

/** All criteria hold; parts of names without regard to case and accents. */
const matches = (patient: Mapped<'Patient'>, query: PatientQuery): boolean => {
  const { name, firstName, lastName, dateOfBirth, phone, email, identifier } = query;
  const given = patient.names.flatMap((one) => [...one.given, one.text ?? '']).map(fold);
  const family = patient.names.flatMap((one) => [one.family ?? '', one.text ?? '']).map(fold);
  const holds = (wanted: string | undefined, among: readonly string[]): boolean =>
    wanted === undefined || among.some((one) => one.includes(fold(wanted)));
  return (
    holds(firstName, [...given, given.join(' ')]) &&
    holds(lastName, family) &&
    (name === undefined || words(name).every((word) => holds(word, [...given, ...family]))) &&
    (dateOfBirth === undefined || patient.dateOfBirth === dateOfBirth) &&
    (phone === undefined || patient.telecoms.some(({ value }) => toE164(value) === phone)) &&
    (email === undefined || patient.telecoms.some(({ value }) => fold(value) === fold(email))) &&
    (identifier === undefined || hasIdentifier(patient, identifier))
  );
};

const hasIdentifier = ({ key, identifiers, own: fields }: Mapped<'Patient'>, wanted: string): boolean => {
  const value = wanted.slice(wanted.indexOf('|') + 1);
  const old = (fields?.oldIdentifiers ?? []) as Mapped<'Patient'>['identifiers'];
  return key === wanted || [...identifiers, ...old].some((one) => one.value === wanted || one.value === value);
};
