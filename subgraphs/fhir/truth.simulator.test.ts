import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Appointment, Claim, Observation, Patient, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator, type GivenResource } from '../../sandbox/fhir/simulator.ts';
import { listen, type Simulator } from '../../sandbox/server.ts';
import type { AppointmentStatus } from '../../schema/enums.ts';
import { Secret } from '../../upstream/source.ts';
import type {
  AppointmentFilter,
  ClaimQuery,
  Found,
  ObservationFilter,
  Page,
  PatientQuery,
} from '../vendor/connector.ts';
import { randomBy } from './fixtures/random.ts';
import { type Connected, connected, NOW, settingsFor } from './fixtures/server.ts';

const DATA = fileURLToPath(new URL('../../../shared/data/fhir/', import.meta.url));
const PRESENT = existsSync(DATA);
if (!PRESENT) process.stdout.write('skipped: the shared FHIR sample data is not beside the repository\n');

const SEED = Number(process.env.SEED ?? 11);
const QUESTIONS = Number(process.env.QUERIES ?? 16);
const FILES = [
  ...['Patient', 'Practitioner', 'Organization', 'Observation', 'Claim', 'ExplanationOfBenefit', 'Coverage'].map(
    (type) => `synthea/${type}`,
  ),
  ...['Appointment', 'Slot', 'Schedule', 'Location'].map((type) => `generated/${type}`),
];

const load = (): ReadonlyMap<string, readonly GivenResource[]> => {
  const lines = FILES.flatMap((file) => readFileSync(`${DATA}${file}.ndjson`, 'utf8').split('\n'));
  const given = lines.filter((text) => text !== '').map((text) => ({ resource: JSON.parse(text) as Resource, text }));
  return Map.groupBy(given, ({ resource }) => resource.resourceType);
};

const WORDS: Readonly<Record<string, AppointmentStatus>> = {
  proposed: 'PROPOSED',
  pending: 'PENDING',
  booked: 'BOOKED',
  arrived: 'ARRIVED',
  'checked-in': 'CHECKED_IN',
  fulfilled: 'FULFILLED',
  cancelled: 'CANCELLED',
  noshow: 'NO_SHOW',
  waitlist: 'WAITLIST',
  'entered-in-error': 'ENTERED_IN_ERROR',
};

const idOf = ({ id = '' }: { readonly id?: string }): string => id;
const byIdLast =
  (key: (id: string) => number | undefined, newest: boolean) =>
  (one: string, other: string): number => {
    const [a, b] = [key(one), key(other)];
    if (a === undefined || b === undefined)
      return Number(a === undefined) - Number(b === undefined) || (one < other ? -1 : 1);
    return (newest ? b - a : a - b) || (one < other ? -1 : 1);
  };

describe.skipIf(!PRESENT)(`random questions to a Synthea export (SEED=${SEED})`, () => {
  const random = randomBy(SEED);
  const some = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const maybe = <T>(one: T): T | undefined => (random() < 0.5 ? one : undefined);
  const given = <T extends object>(fields: T): T =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

  let simulator: Simulator;
  let source: Connected;
  let resources: ReadonlyMap<string, readonly GivenResource[]>;
  const all = <T extends Resource>(type: T['resourceType']): readonly T[] =>
    (resources.get(type) ?? []).map(({ resource }) => resource as T);
  /** The id of a record of this server, however it is referred to. */
  const target = (type: string, reference: string | undefined): string | undefined => {
    const own = reference?.replace(`${simulator.url}${FHIR_BASE_PATH}/`, '');
    return new RegExp(`^${type}/([^/]+)`).exec(own ?? '')?.[1];
  };

  beforeAll(async () => {
    resources = load();
    simulator = await listen(await fhirSimulator({ now: () => NOW, resources }));
    const auth = { type: 'bearer', token: new Secret(FHIR_SIGN_IN.bearer) } as const;
    source = connected(settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, 'GENERIC_FHIR', auth));
  });
  afterAll(async () => {
    await source.close();
    await simulator.close();
  });

  const patients = (): readonly string[] => {
    const ids = all('Patient').map(idOf);
    return [...new Set(Array.from({ length: 1 + Math.floor(random() * 12) }, () => some(ids)))];
  };
  type Lists<F> = readonly {
    readonly patient: string;
    readonly filter: F;
    readonly window: { readonly first: number };
  }[];
  type Ask<F> = (
    lists: readonly { patient: string; filter: F; window: { first: number; after?: string } }[],
  ) => Promise<readonly (Page<'Appointment'> | Page<'Observation'> | Page<'Claim'> | Error)[]>;

  /** Every list, up to three pages long, as keys. */
  const walked = async <F>(lists: Lists<F>, ask: Ask<F>): Promise<readonly (readonly string[])[]> => {
    const keys: string[][] = lists.map(() => []);
    let open = lists.map((list, i) => ({ list, i }));
    for (let page = 0; page < 3 && open.length > 0; page++) {
      const answers = await ask(open.map(({ list }) => list));
      open = open.flatMap(({ list, i }, place) => {
        const answer = answers[place];
        if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
        keys[i]?.push(...answer.items.map(({ record }) => record.key));
        const after = answer.items.at(-1)?.after ?? '';
        return answer.hasNextPage ? [{ list: { ...list, window: { ...list.window, after } }, i }] : [];
      });
    }
    return keys;
  };

  const compare = async <F>(lists: Lists<F>, ask: Ask<F>, truth: (patient: string, filter: F) => readonly string[]) => {
    const found = await walked(lists, ask);
    for (const [i, { patient, filter, window }] of lists.entries())
      expect({ patient, filter, keys: found[i] }).toEqual({
        patient,
        filter,
        keys: truth(patient, filter).slice(0, window.first * 3),
      });
  };

  const spread = <F>(filters: readonly F[]): Lists<F> => {
    const first = 1 + Math.floor(random() * 25);
    return patients().flatMap((patient) => filters.map((filter) => ({ patient, filter, window: { first } })));
  };

  const visits = (patient: string, { from, to, status }: AppointmentFilter): readonly string[] => {
    const rows = all<Appointment>('Appointment').filter(
      (one) =>
        one.participant.some(({ actor }) => target('Patient', actor?.reference) === patient) &&
        (status?.includes(WORDS[one.status] ?? 'UNMAPPED') ?? one.status !== 'entered-in-error') &&
        ((from === undefined && to === undefined) ||
          (one.start !== undefined &&
            Date.parse(one.start) >= Date.parse(from ?? '0001-01-01') &&
            Date.parse(one.start) < Date.parse(to ?? '9999-01-01'))),
    );
    const starts = new Map(rows.map((one) => [idOf(one), one.start === undefined ? undefined : Date.parse(one.start)]));
    return rows.map(idOf).sort(byIdLast((id) => starts.get(id), false));
  };

  it('lists patients’ appointments as they are', async () => {
    for (let n = 0; n < QUESTIONS; n++) {
      const status = maybe([some(Object.values(WORDS)), some(Object.values(WORDS))]);
      const filters = [
        given<AppointmentFilter>({
          from: maybe(
            `2026-${some(['03', '08', '10', '11'])}-0${1 + Math.floor(random() * 9)}T0${Math.floor(random() * 9)}:00:00Z`,
          ),
          to: maybe(`2027-0${1 + Math.floor(random() * 3)}-01T00:00:00Z`),
          status,
        } as AppointmentFilter),
        ...(random() < 0.3 ? [{}] : []),
      ];
      await compare<AppointmentFilter>(
        spread(filters),
        (lists) => source.connector.patientAppointments(lists, source.call),
        visits,
      );
    }
  });

  const results = (patient: string, { codes, category, from, to }: ObservationFilter): readonly string[] => {
    const codesOf = (concept: Observation['code'] | undefined) => (concept?.coding ?? []).map(({ code }) => code ?? '');
    const time = (one: Observation) => Date.parse(one.effectiveDateTime ?? '');
    const rows = all<Observation>('Observation').filter(
      (one) =>
        target('Patient', one.subject?.reference) === patient &&
        one.status !== 'entered-in-error' &&
        (codes === undefined ||
          [one.code, ...(one.component ?? []).map(({ code }) => code)].some((concept) =>
            codesOf(concept).some((code) => codes.includes(code)),
          )) &&
        (category === undefined || (one.category ?? []).some((concept) => codesOf(concept).includes(category))) &&
        (from === undefined || time(one) >= Date.parse(from)) &&
        (to === undefined || time(one) < Date.parse(to)),
    );
    const times = new Map(rows.map((one) => [idOf(one), time(one)]));
    return rows.map(idOf).sort(byIdLast((id) => times.get(id), true));
  };

  it('lists patients’ observations as they are, several lists at a time', async () => {
    const codes = [
      ...new Set(
        all<Observation>('Observation').flatMap(({ code }) => code.coding?.map((one) => one.code ?? '') ?? []),
      ),
    ];
    const filter = (): ObservationFilter =>
      given<ObservationFilter>({
        codes: maybe([some(codes), some(codes), '8480-6']),
        category: maybe(some(['laboratory', 'vital-signs', 'survey', 'social-history', 'procedure'])),
        from: maybe(`201${Math.floor(random() * 9)}-01-01T00:00:00Z`),
        to: maybe(`2019-0${1 + Math.floor(random() * 5)}-01T00:00:00Z`),
      } as ObservationFilter);
    const pair = [{ category: 'laboratory' }, { category: 'vital-signs' }];
    for (let n = 0; n < QUESTIONS; n++) {
      const filters = random() < 0.4 ? pair : [filter(), ...(random() < 0.5 ? [filter()] : [])];
      await compare<ObservationFilter>(
        spread(filters),
        (lists) => source.connector.patientObservations(lists, source.call),
        results,
      );
    }
  });

  const billed = (patient: string, { from, to }: ClaimQuery): readonly string[] => {
    const day = (at: string | undefined) =>
      new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(new Date(at ?? ''));
    const rows = all<Claim>('Claim').filter(
      (one) =>
        target('Patient', one.patient.reference) === patient &&
        (from === undefined || day(one.billablePeriod?.end) >= from) &&
        (to === undefined || day(one.billablePeriod?.start) <= to),
    );
    const times = new Map(rows.map((one) => [idOf(one), Date.parse(one.billablePeriod?.start ?? '')]));
    return rows.map(idOf).sort(byIdLast((id) => times.get(id), true));
  };

  it('lists patients’ claims as they are', async () => {
    for (let n = 0; n < QUESTIONS / 4; n++) {
      const filter = given<ClaimQuery>({
        from: maybe(`201${Math.floor(random() * 9)}-06-15`),
        to: maybe(`2019-0${1 + Math.floor(random() * 5)}-20`),
      } as ClaimQuery);
      await compare<ClaimQuery>(
        spread([filter, {}]),
        (lists) => source.connector.patientClaims(lists, source.call),
        billed,
      );
    }
  });

  it('finds everybody of a name and a year, each once, over all pages', async () => {
    const people = all<Patient>('Patient');
    for (let n = 0; n < QUESTIONS; n++) {
      const { name = [], birthDate = '' } = some(people);
      const search = given<PatientQuery>({
        lastName: name[0]?.family?.slice(0, 2 + Math.floor(random() * 5)) ?? 'A',
        firstName: maybe(name[0]?.given?.[0]?.slice(0, 2)),
        dateOfBirth: random() < 0.2 ? birthDate : undefined,
      } as PatientQuery);
      const begins = (text: string | undefined, start: string | undefined) =>
        start === undefined || text?.toLowerCase().startsWith(start.toLowerCase()) === true;
      const expected = people.filter(
        (one) =>
          one.name?.some(({ family }) => begins(family, search.lastName)) &&
          one.name.some(({ given: names = [] }) => names.some((part) => begins(part, search.firstName))) &&
          (search.dateOfBirth === undefined || one.birthDate === search.dateOfBirth),
      );
      const keys: string[] = [];
      let after: string | undefined;
      for (let more = true; more; ) {
        const window = { first: 1 + Math.floor(random() * 4), ...(after === undefined ? {} : { after }) };
        const page = await source.connector.searchPatients(search, window, source.call);
        keys.push(...page.items.map(({ record }) => record.key));
        after = page.items.at(-1)?.after;
        more = page.hasNextPage;
      }
      expect({ search, keys: [...keys].sort() }).toEqual({ search, keys: expected.map(idOf).sort() });
    }
  });

  it('brings along what the server holds of everybody, and nobody else', async () => {
    const visitIds = all<Appointment>('Appointment').map(idOf);
    const fields = new Set(['start', 'patient', 'practitioner', 'location']);
    for (let n = 0; n < QUESTIONS / 4; n++) {
      const keys = [...new Set(Array.from({ length: 10 }, () => some(visitIds)))];
      const wanted = keys.map((key) => ({ key, fields }));
      const found = (await source.connector.read.Appointment(wanted, source.call)) as readonly Found<'Appointment'>[];
      const related = found.flatMap((one) => one.related ?? []);
      expect(found.map(({ record }) => record.key)).toEqual(keys);
      for (const { type, record } of related) {
        const own = await source.connector.read[type]([{ key: record.key, fields: new Set() } as never], source.call);
        expect(own).toMatchObject([{ record }]);
      }
      const named = new Set(related.map(({ type, record }) => `${type}/${record.key}`));
      for (const { record } of found) {
        const there = all('Patient').some(({ id }) => id === record.patientKey);
        expect(named.has(`Patient/${record.patientKey}`)).toBe(there);
      }
    }
  });
});
