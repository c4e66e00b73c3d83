import { askedDate } from './dates.ts';
import { EPIC_WRITING } from './epic-writing.ts';
import { Refused } from './faults.ts';
import { type Found, has, named, type Profile, patientsOf, survivorOf } from './profile.ts';
import { type Allowed, type Clause, type Query, unescaped } from './query.ts';
import type { Search } from './search.ts';
import type { Version } from './store.ts';

const list = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Search parameters per type, from Epic's sandbox CapabilityStatement of May 2026, as far as they are played here. */
const DECLARED: Readonly<Record<string, ReadonlySet<string>>> = {
  Patient: list(
    '_id active address address-city address-country address-postalcode address-state address-use birthdate death-date email family gender general-practitioner given identifier language legal-sex link name organization phone telecom',
  ),
  Practitioner: list(
    '_id active address address-city address-country address-postalcode address-state address-use communication email family gender given identifier name phone telecom',
  ),
  PractitionerRole: list(
    '_id active date email endpoint identifier location organization phone practitioner role service specialty telecom',
  ),
  Organization: list('_id'),
  Location: list(
    '_id address address-city address-country address-postalcode address-state address-use endpoint identifier name operational-status organization partof status type',
  ),
  Appointment: list(
    '_id actor appointment-type based-on date identifier location part-status patient practitioner reason-code reason-reference service-category service-type slot specialty status supporting-info',
  ),
  Encounter: list(
    '_id account appointment based-on class date diagnosis episode-of-care identifier location location-period part-of participant participant-type patient practitioner reason-code reason-reference service-provider special-arrangement status subject type',
  ),
  Observation: list(
    '_id based-on category code combo-code combo-data-absent-reason combo-value-concept component-code component-data-absent-reason component-value-concept data-absent-reason date derived-from device encounter focus has-member identifier method part-of patient performer specimen status subject value-concept value-date value-string',
  ),
  DiagnosticReport: list(
    '_id based-on category code conclusion date encounter identifier issued media patient performer result results-interpreter specimen status subject',
  ),
  Condition: list(
    '_id abatement-date abatement-string asserter body-site category clinical-status code encounter evidence evidence-detail identifier onset-date onset-info patient recorded-date severity stage subject verification-status',
  ),
  Coverage: list(
    '_id beneficiary class-type class-value dependent identifier patient payor policy-holder status subscriber type',
  ),
  Claim: list('_id'),
  ExplanationOfBenefit: list(
    '_id care-team claim coverage created detail-udi disposition encounter enterer facility identifier item-udi patient payee procedure-udi provider status subdetail-udi',
  ),
  Group: list('_id'),
  Binary: list('_id'),
  DocumentReference: list(
    '_id _lastupdated author category contenttype date description docstatus encounter identifier patient period status subject type',
  ),
};
const CONTROLS = list('_count _include _revinclude _format');
/** Types whose rows belong to one patient who has to be named. */
const OF_ONE_PATIENT = list('Condition Coverage DiagnosticReport DocumentReference Encounter Observation');

const CATEGORIES = list(
  'laboratory vital-signs social-history core-characteristics LDA survey sdoh imaging obstetrics-gynecology exam procedure therapy activity',
);
const PREFIXES = list('eq lt le gt ge');
const LARGEST_PAGE = 1_000;
const MOST_PATIENTS = 100;

const codeOf = (value: string): string => unescaped(value.replace(/^.*(?<!\\)\|/, ''));

const checkDates = (query: Query): void => {
  for (const { parameter, values } of query.clauses)
    if (parameter.kind === 'date' || parameter.kind === 'updated')
      for (const value of values) {
        const asked = askedDate(value, 'UTC');
        if (asked === undefined || !PREFIXES.has(asked.prefix)) throw new Refused('bad-value');
      }
};

const observationRules = (query: Query): readonly Clause[] => {
  const categories = named(query, 'category').flatMap((clause) => clause.values);
  if (categories.length === 0 && !has(query, 'code')) throw new Refused('category-or-code');
  if (!categories.every((category) => CATEGORIES.has(codeOf(category)))) throw new Refused('category-invalid');
  return query.clauses;
};

/** `service-category` tells visits from surgeries; the sandbox's practices have visits only. */
const appointmentRules = (query: Query): readonly Clause[] | undefined => {
  if (!has(query, 'patient') && !has(query, 'identifier')) throw new Refused('parameter-missing');
  const categories = named(query, 'service-category').flatMap((clause) => clause.values);
  if (categories.length > 0 && !categories.some((value) => codeOf(value) === 'appointment')) return undefined;
  return query.clauses.filter((clause) => clause.name !== 'service-category');
};

const practitionerRules = (query: Query): readonly Clause[] => {
  const identifiers = named(query, 'identifier');
  if (identifiers.length > 0) return identifiers.slice(0, 1);
  if (!has(query, 'family')) throw new Refused('parameter-missing');
  return query.clauses.filter((clause, at) => query.clauses.findIndex(({ name }) => name === clause.name) === at);
};

/** The sets of which a patient search needs one; an identifier only counts as `{type}|{id}`. */
const patientRules = (query: Query): void => {
  const given = (...names: readonly string[]): boolean => names.some((name) => has(query, name));
  const identified = named(query, 'identifier').some((clause) =>
    clause.values.every((value) => /.(?<!\\)\|./.test(value)),
  );
  const names = given('given') && given('family');
  if (identified || (names && given('birthdate'))) return;
  if (names && given('legal-sex', 'gender') && given('phone', 'email', 'telecom')) return;
  throw new Refused('parameter-missing');
};

/**
 * A weighted match: whoever fulfils all criteria but one is among the results, the best first. So more criteria may
 * return more people (fhir.epic.com, Patient search).
 */
const weighted = (query: Query, search: Search): readonly Version[] => {
  if (has(query, 'identifier')) return search.find('Patient', query.clauses);
  const scores = new Map<Version, number>();
  for (const clause of query.clauses)
    for (const version of search.find('Patient', [clause])) scores.set(version, (scores.get(version) ?? 0) + 1);
  return [...scores]
    .filter(([, score]) => score >= query.clauses.length - 1)
    .toSorted(([one, a], [other, b]) => b - a || one.order - other.order)
    .map(([version]) => version);
};

const patients = (query: Query, search: Search): readonly Version[] => {
  patientRules(query);
  const matches = weighted(query, search).filter((version) => survivorOf(version) === undefined);
  if (matches.length > MOST_PATIENTS) throw new Refused('too-many-patients');
  return matches;
};

const matchesOf = (query: Query, search: Search): readonly Version[] => {
  const { type } = query;
  const ids = named(query, '_id');
  // With `_id` every other parameter is ignored.
  if (ids.length > 0) return search.find(type, ids).filter((version) => survivorOf(version) === undefined);
  if (query.clauses.length === 0) throw new Refused(query.ignored.length === 0 ? 'no-parameters' : 'parameter-missing');
  checkDates(query);
  const people = patientsOf(query);
  if (people.size > 1) throw new Refused('two-patients');
  if (OF_ONE_PATIENT.has(type) && people.size === 0) throw new Refused('parameter-missing');
  if (type === 'Patient') return patients(query, search);
  if (type === 'Observation') return search.find(type, observationRules(query));
  if (type === 'Practitioner') return search.find(type, practitionerRules(query));
  if (type !== 'Appointment') return search.find(type, query.clauses);
  const clauses = appointmentRules(query);
  return clauses === undefined ? [] : search.find(type, clauses);
};

const allowed = (type: string): Allowed | undefined => {
  const parameters = DECLARED[type];
  return parameters === undefined ? undefined : { parameters, controls: CONTROLS };
};

/** Epic's R4 server: public facts of fhir.epic.com (search parameters, error registry, May 2026). */
export const EPIC: Profile = {
  name: 'epic',
  tokenSeconds: 3_600,
  wildcardScopes: true,
  own: [
    { type: 'Patient', code: 'legal-sex', kind: 'token', expression: 'Patient.gender' },
    // so spelt, and of no other type (CapabilityStatement of the sandbox, May 2026)
    { type: 'DocumentReference', code: '_lastupdated', kind: 'updated', expression: '' },
  ],
  identifierTypes: true,
  absoluteReferences: true,
  total: 'page',
  entryLinks: true,
  history: false,
  batch: false,
  followIncludes: false,
  echoIgnored: true,
  formOnly: true,
  metadataType: 'application/fhir+json; charset=utf-8',
  allowed,
  pageSize: ({ count }) => Math.min(Math.max(count ?? LARGEST_PAGE, 1), LARGEST_PAGE),
  pageLink: ({ session, page }) => [
    ['sessionID', `15-${session}`],
    ['page', String(page)],
  ],
  pagePlace: (pairs) => {
    const word = pairs.find(([name]) => name === 'sessionID')?.[1];
    const page = pairs.find(([name]) => name === 'page')?.[1] ?? '';
    if (word === undefined) return undefined;
    return word.startsWith('15-') && /^[1-9]\d{0,5}$/.test(page)
      ? { session: word.slice(3), page: Number(page) }
      : 'unreadable';
  },
  writing: EPIC_WRITING,
  attached: 'binary',
  find: (query, search): Found => {
    const matches = matchesOf(query, search);
    return {
      matches,
      warnings: [
        ...(query.ignored.length > 0 ? (['parameter-ignored'] as const) : []),
        ...(matches.length === 0 ? (['no-results'] as const) : []),
      ],
    };
  },
};
