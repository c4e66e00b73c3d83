import { CERNER_WRITING } from './cerner-writing.ts';
import { type AskedDate, askedDate } from './dates.ts';
import { Refused } from './faults.ts';
import { type Found, has, named, type Profile, patientsOf, sealed, survivorOf, unsealed } from './profile.ts';
import type { Allowed, Clause, Query } from './query.ts';
import type { Search } from './search.ts';
import type { Version } from './store.ts';

const list = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Search parameters per type, from the secure sandbox's CapabilityStatement, as far as they are played here. */
const DECLARED: Readonly<Record<string, ReadonlySet<string>>> = {
  Patient: list('_id address-postalcode birthdate email family gender given identifier name phone'),
  Practitioner: list('_id active family given identifier name'),
  Organization: list('_id address identifier name type'),
  Location: list(
    '-physicalType _id address address-city address-postalcode address-state identifier name organization type',
  ),
  Schedule: list('_id'),
  Slot: list('-location _id schedule.actor service-type start'),
  Appointment: list('-date-or-req-period _id date location patient practitioner status'),
  Encounter: list('_id _lastUpdated account date identifier patient status subject'),
  Observation: list('_id _lastUpdated category code date patient subject'),
  DiagnosticReport: list('_id _lastUpdated category code date encounter patient'),
  Condition: list('_id _lastUpdated category clinical-status encounter patient subject'),
  Coverage: list('_id patient'),
  DocumentReference: list('_id _lastUpdated category date encounter patient period type'),
  Binary: list('_id'),
};

/** Of these one has to be there; the others only narrow. */
const LEADING: Readonly<Record<string, ReadonlySet<string>>> = {
  Patient: list('_id address-postalcode birthdate email family given identifier name phone'),
  Practitioner: list('_id active family identifier name'),
  Location: list('-physicalType _id type'),
  Encounter: list('_id account identifier patient subject'),
  Observation: list('_id patient subject'),
  DiagnosticReport: list('_id patient'),
  Condition: list('_id patient subject'),
  DocumentReference: list('_id patient'),
  Binary: list(''),
};
const CONTROLS = list('_count _include _revinclude _format');
const INCLUDES = list('Slot:schedule Schedule:actor Provenance:target');

/** Smallest, usual and largest page. */
const PAGES: Readonly<Record<string, readonly [number, number, number]>> = {
  Patient: [1, 20, 100],
  Observation: [1, 50, 200],
  Slot: [5, 50, 200],
  DiagnosticReport: [1, 10, 100],
  DocumentReference: [1, 10, 100],
};
const OTHER_PAGES = [1, 50, 200] as const;
const MOST_PATIENTS = 1_000;

const datesOf = (clauses: readonly Clause[]): readonly AskedDate[] =>
  clauses.map(({ values: [value = '', another] }) => {
    const asked = another === undefined ? askedDate(value, 'UTC') : undefined;
    if (asked === undefined) throw new Refused('date-form');
    return asked;
  });

/** `ge` and `lt`, both with a time: the only pair that is taken, as a closed range. */
const isRange = (dates: readonly AskedDate[]): boolean =>
  dates.length === 2 &&
  dates.every(({ text }) => text.includes('T')) &&
  dates.some(({ prefix }) => prefix === 'ge') &&
  dates.some(({ prefix }) => prefix === 'lt');

const RANGES = list('date -date-or-req-period start');

const once = (query: Query): void => {
  const names = query.clauses.map((clause) => clause.name).filter((name) => !RANGES.has(name));
  if (new Set(names).size < names.length) throw new Refused('repeated');
};

const appointments = (query: Query, search: Search): readonly Version[] => {
  const leads = named(query, '_id', 'patient', 'practitioner', 'location');
  if (leads.length === 0) throw new Refused('no-parameters');
  if (leads.length > 1) throw new Refused('combination');
  const dates = datesOf(named(query, 'date', '-date-or-req-period'));
  if (leads[0]?.name !== '_id') {
    if (dates.length === 0) throw new Refused('parameter-missing');
    const [only] = dates;
    const single = dates.length === 1 && (only?.written !== true || only.text.includes('T'));
    if (!single && !isRange(dates)) throw new Refused('date-form');
  }
  // By `date` alone what is only proposed is not found.
  const proposed = ({ resource }: Version): boolean =>
    resource.resourceType === 'Appointment' && resource.status === 'proposed';
  const found = search.find('Appointment', query.clauses);
  return search.sort(has(query, 'date') ? found.filter((version) => !proposed(version)) : found, [
    { code: 'date', descending: false },
  ]);
};

const PROPRIETARY = /^https:\/\/fhir\.cerner\.com\/[^/]+\/codeSet\/14249\|/;

const slots = (query: Query, search: Search): readonly Version[] => {
  if (has(query, '_id')) return search.find('Slot', query.clauses);
  const types = named(query, 'service-type').flatMap((clause) => clause.values);
  if (types.length === 0) throw new Refused('no-parameters');
  if (new Set(types.map((value) => PROPRIETARY.test(value))).size > 1) throw new Refused('combination');
  if (!isRange(datesOf(named(query, 'start')))) throw new Refused('date-form');
  return search
    .find('Slot', query.clauses)
    .filter(({ resource }) => resource.resourceType === 'Slot' && resource.status === 'free');
};

/** Laboratory results may be asked for by id together only when they are one patient's. */
const oneSubject = (versions: readonly Version[]): readonly Version[] => {
  const subjects = versions.flatMap(({ resource }) =>
    resource.resourceType === 'Observation' &&
    resource.category?.some((category) => category.coding?.some((coding) => coding.code === 'laboratory'))
      ? [resource.subject?.reference]
      : [],
  );
  if (new Set(subjects).size > 1) throw new Refused('two-patients');
  return versions;
};

const isSocial = ({ resource }: Version): boolean =>
  resource.resourceType === 'Observation' &&
  resource.category?.some((category) => category.coding?.some((coding) => coding.code === 'social-history')) === true;

const observations = (query: Query, search: Search): Found => {
  if (has(query, '_id')) {
    if (query.clauses.length > 1) throw new Refused('combination');
    return { matches: oneSubject(search.find('Observation', query.clauses)), warnings: [] };
  }
  if (has(query, 'date') && has(query, '_lastUpdated')) throw new Refused('combination');
  const found = search.find('Observation', query.clauses);
  const social = found.filter(isSocial);
  return {
    matches: [...social, ...found.filter((version) => !isSocial(version))],
    warnings: [],
    firstPage: social.length,
  };
};

const patients = (query: Query, search: Search): readonly Version[] => {
  if (query.clauses.some((clause) => clause.name !== '_id' && clause.values.length > 1)) throw new Refused('bad-value');
  const matches = search.find('Patient', query.clauses).filter((version) => survivorOf(version) === undefined);
  if (matches.length > MOST_PATIENTS) throw new Refused('too-many-patients');
  return matches;
};

/** Date and status of encounters only narrow one patient's. */
const encounters = (query: Query, search: Search): readonly Version[] => {
  const narrowing = has(query, 'date') || has(query, 'status');
  if (narrowing && !has(query, 'patient') && !has(query, 'subject')) throw new Refused('combination');
  return search.find('Encounter', query.clauses);
};

const find = (query: Query, search: Search): Found => {
  const { type } = query;
  const leading = LEADING[type];
  if (!query.clauses.some(({ name }) => leading === undefined || leading.has(name))) throw new Refused('no-parameters');
  once(query);
  // Lists of patients are taken by Appointment only.
  if (type !== 'Appointment' && patientsOf(query).size > 1) throw new Refused('two-patients');
  if (type === 'Observation') return observations(query, search);
  const others: Readonly<Record<string, typeof appointments>> = {
    Appointment: appointments,
    Slot: slots,
    Patient: patients,
    Encounter: encounters,
  };
  return { matches: others[type]?.(query, search) ?? search.find(type, query.clauses), warnings: [] };
};

const allowed = (type: string): Allowed | undefined => {
  const parameters = DECLARED[type];
  return parameters === undefined
    ? undefined
    : {
        parameters,
        controls: CONTROLS,
        includes: INCLUDES,
        aliases: { '-location': { chain: 'schedule.actor', target: 'Location' } },
      };
};

/** Oracle Health Millennium's R4 server: public facts of github cerner/fhir.cerner.com, May 2024. */
export const CERNER: Profile = {
  name: 'cerner',
  tokenSeconds: 570,
  wildcardScopes: false,
  own: [
    {
      type: 'Appointment',
      code: '-date-or-req-period',
      kind: 'date',
      expression: 'Appointment.start | Appointment.requestedPeriod',
    },
    { type: 'Location', code: '-physicalType', kind: 'token', expression: 'Location.physicalType' },
  ],
  identifierTypes: false,
  absoluteReferences: false,
  total: 'none',
  entryLinks: true,
  history: false,
  batch: true,
  followIncludes: true,
  echoIgnored: true,
  formOnly: false,
  metadataType: 'application/json+fhir; charset=utf-8',
  allowed,
  pageSize: (query) => {
    const [smallest, usual, largest] = PAGES[query.type] ?? OTHER_PAGES;
    // Beside `_id` the count is ignored.
    const count = has(query, '_id') ? largest : query.count;
    return Math.min(Math.max(count ?? usual, smallest), largest);
  },
  pageLink: (place, asked) => [...asked.slice(0, 1), ['pageContext', sealed(place)], ['direction', 'NEXT']],
  pagePlace: (pairs) => {
    const word = pairs.find(([name]) => name === 'pageContext')?.[1];
    return word === undefined ? undefined : unsealed(word);
  },
  writing: CERNER_WRITING,
  attached: 'binary',
  find,
};
