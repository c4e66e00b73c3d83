import { validationFailed } from '../../schema/errors.ts';
import { fold } from '../../schema/fold.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Origin } from '../../upstream/cache/question.ts';
import type { Call } from '../../upstream/call.ts';
import type { Page, PatientQuery, Window } from '../vendor/connector.ts';
import { byName } from '../vendor/order.ts';
import { toE164, toNationalDigits } from '../vendor/phone.ts';
import { literal } from './address.ts';
import { coverageParams, coveragesAlong } from './coverages.ts';
import type { WholeSearch } from './kept.ts';
import { replacement, toPatient } from './mapping/patient.ts';
import { rowsFor, toRows } from './page.ts';
import { isSubset, type Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { remember } from './remember.ts';
import type { Criterion, Param, PatientRules } from './rules.ts';
import type { Service } from './service.ts';

type Patient = Resource<'Patient'>;

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
  const query = withNameParts(search);
  const params = [...searchParams(service, query), ...alongParams(service, query, window)];
  const name = JSON.stringify(params);
  // a write that looks for the same person asks the server
  if (window.after !== undefined && call.departures === undefined) {
    const kept = await service.searches.get(name);
    if (kept !== undefined) return keptPage(kept, window);
  }
  const { found, complete, inServerOrder } = await find(service, query, params, window, call);
  // a search over vendors may show less than this page holds, and ask for the rest
  if (complete && !inServerOrder && found.records.length > 1) await service.searches.keep(name, found);
  return pageOf(found, window, complete);
};

const pageOf = ({ records, partial, coverages }: WholeSearch, window: Window, complete: boolean): Page<'Patient'> =>
  toRows(records, window, complete, { partial: new Set(partial), coverages: new Map(coverages) });

/** Nothing of it is told as if it were found now, nor kept again. */
const keptPage = (
  { value, at }: { readonly value: WholeSearch; readonly at: number },
  window: Window,
): Page<'Patient'> => {
  const page = pageOf(value, window, true);
  const on: Origin = { at, freshness: 'CACHED', position: undefined };
  return { ...page, items: page.items.map((item) => ({ ...item, on })), on };
};

const find = async (
  service: Service,
  query: PatientQuery,
  params: readonly Param[],
  window: Window,
  call: Call,
): Promise<{ readonly found: WholeSearch; readonly complete: boolean; readonly inServerOrder: boolean }> => {
  const { sort } = service.profile.patients;
  const context = service.context();
  const mapped = remember((patient: Patient) => toPatient(patient, context));
  const fitting = (rows: readonly Patient[]) => rows.map(mapped).filter((one) => matches(one, query));
  const rows = rowsFor(window);
  let pages = 0;
  const listing = await service.client.search('Patient', params, call, (found) => {
    pages += 1;
    return sort !== undefined && fitting(found).length >= rows;
  });
  const inServerOrder = sort !== undefined && pages > 0;
  const records = fitting(listing.matches);
  return {
    found: {
      records: inServerOrder ? records : [...records].sort(byName),
      partial: [...partialPatients(listing.matches, service)],
      coverages: [...coveragesAlong(service, { ...listing, patients: listing.matches })],
    },
    complete: listing.complete,
    inServerOrder,
  };
};

/**
 * Coverages come along where they are selected. A search over vendors does not know what is: then where it is for one
 * person, whose page is opened from it, and they are few.
 */
const alongParams = (service: Service, query: PatientQuery, { fields }: Window): readonly Param[] => {
  const { identifier, phone, email, dateOfBirth } = query;
  const named = [query.name, query.firstName, query.lastName].some((part) => part !== undefined);
  const forOne = [identifier, phone, email].some((one) => one !== undefined) || (dateOfBirth !== undefined && named);
  return coverageParams(service, [{ fields: fields ?? new Set(forOne ? ['coverages'] : []) }]);
};

/** @throws GraphError VALIDATION when the server wants other things to search by. */
const searchParams = (service: Service, query: PatientQuery): readonly Param[] => {
  const { profile } = service;
  const { patients } = profile;
  const set = patients.sets.find((criteria) => criteria.every((criterion) => query[criterion] !== undefined));
  if (set === undefined) throw validationFailed([{ path: ['search'], rule: 'vendor', message: patients.wants }]);
  const sent = patients.minimal === true ? set : (Object.keys(patients.params) as Criterion[]);
  const most = largestPage(profile, 'Patient');
  return [
    ...sent.flatMap((criterion) => paramOf(criterion, query[criterion], patients)),
    ...(patients.sort === undefined ? [] : ([['_sort', patients.sort]] as const)),
    ...service.count(patients.sort === undefined ? most : Math.min(SORTED_PAGE, most)),
  ];
};

/** Shortened ones, and those who go on under another id: their data are the survivor's, whom a read finds. */
const partialPatients = (matches: readonly Patient[], { client }: Service): ReadonlySet<string> =>
  new Set(matches.filter((one) => isSubset(one) || replacement(one, client.base) !== undefined).map(({ id }) => id));

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
