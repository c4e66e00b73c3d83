// One file on purpose: the suite that every vendor passes is read as a whole, and its parts share one sandbox.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../sandbox/server.ts';
import { type Graph, NOW, startGraph } from './harness.ts';

/** What the suite has to know of a vendor to put it to the same tests as all the others. */
export interface Vendor {
  readonly name: string;
  /** The sandbox's source of this vendor. */
  readonly source: string;
  readonly simulator: 'unity' | 'athenanet' | 'fhir';
  /** A part of the names of the calls that read a patient by id, to aim faults at. */
  readonly patientRead: string;
  /** A part of the name of the call that searches patients. */
  readonly patientSearch: string;
  /** Other settings of the source, such as a dialect. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What this vendor, or this dialect, cannot answer at all. */
  readonly without?: readonly ('appointments without dates' | 'directories' | 'slots' | 'claims')[];
}

const PATIENT = `__typename id externalId firstName lastName dateOfBirth gender phoneHome phoneMobile email
  address { line1 line2 city state postalCode } names { given family } race { codings { code } text }
  ethnicity { text } preferredLanguage { text } telecoms { system value use } identifiers { value }`;
const APPOINTMENT = `__typename id externalId start end minutes status vendorStatus type { text } reason { text }
  patient { id lastName } practitioner { id name { family } } location { id name }`;
const OBSERVATION = `__typename id externalId status vendorStatus code { text codings { code system } } effective { start end } issued
  categories { codings { code } } referenceRange interpretations { codings { code } }
  value { __typename ... on Quantity { value comparator unit } ... on TextValue { text } ... on CodeableConcept { text } ... on AbsentValue { reason { text } } }
  components { code { codings { code } } value { ... on Quantity { value unit } } }`;
const CLAIM = `__typename id externalId status vendorStatus payer servicePeriod { start end } diagnoses { codings { code } }
  totalCharge { value currency } lines { sequence procedure { codings { code } } units charge { value } }`;

/** Seconds after which no operation waits any longer: what asks for them is given up at once. */
const AFTER_ALL = '40';

// biome-ignore lint/suspicious/noExplicitAny: rows of answers
type Row = any;

/** Every vendor passes this suite against its simulator. */
export const vendorContract = (vendor: Vendor): void => {
  /** Vendors that cannot list all of a patient's appointments are asked for those of three months. */
  const dates = vendor.without?.includes('appointments without dates')
    ? ', from: "2026-10-01T00:00:00Z", to: "2026-12-31T00:00:00Z"'
    : '';
  const has = (what: NonNullable<Vendor['without']>[number]): boolean => !vendor.without?.includes(what);

  describe(`${vendor.name}`, () => {
    let graph: Graph;
    let simulator: Simulator;
    let patients: Row[];

    const onlyThis = (more: object) => (config: { sources: { id: string }[] }) => ({
      ...config,
      sources: config.sources
        .filter(({ id }) => id === vendor.source)
        .map((source) => ({ ...source, ...vendor.settings, ...more })),
    });
    const patient = (id: string, fields = PATIENT) =>
      graph.ask(`query($id: ID!) { patient(id: $id) { ${fields} } }`, { id });
    const fresh = (): string => {
      const next = patients.pop() as Row;
      expect(next, 'the sandbox has people left that nobody asked for yet').toBeDefined();
      return next.id as string;
    };

    beforeAll(async () => {
      graph = await startGraph({ configure: onlyThis({ timeoutMs: 800 }) });
      simulator = graph.sandbox.simulators[vendor.simulator];
      const all: Row[] = [];
      for (const lastName of graph.sandbox.familyNames[vendor.simulator]) {
        const { data } = await graph.ask(
          `query($lastName: String) { patients(search: { lastName: $lastName }, first: 100) { nodes { id lastName } outcomes { ok error { code } } } }`,
          { lastName },
        );
        expect(data.patients.outcomes).toEqual([{ ok: true, error: null }]);
        all.push(...data.patients.nodes);
      }
      patients = [...new Map(all.map((row) => [row.id, row])).values()];
      expect(patients.length).toBeGreaterThanOrEqual(20);
    });
    afterAll(() => graph?.close());
    beforeEach(() => {
      simulator.reset();
      graph.forget();
    });

    describe('reads', () => {
      it('answers a patient by id as the search and the page do', async () => {
        const { id, lastName } = patients[0];
        const byId = await patient(id);
        const bySearch = await graph.ask(
          `query($source: ID!, $lastName: String) { source(id: $source) { patients(search: { lastName: $lastName }, first: 100) { nodes { ${PATIENT} } } } }`,
          { source: vendor.source, lastName },
        );
        expect(byId.errors).toBeUndefined();
        expect(bySearch.data.source.patients.nodes.find((row: Row) => row.id === id)).toEqual(byId.data.patient);
      });

      it('tells who, when and how fresh', async () => {
        const id = fresh();
        await graph.restart();
        const { data } = await patient(
          id,
          'id source { id name vendor timeZone } meta { fetchedAt freshness unsupportedFields }',
        );
        expect(data.patient).toMatchObject({ id, source: { id: vendor.source }, meta: { freshness: 'LIVE' } });
      });

      it('answers the same appointment in a list and by id', async () => {
        const rows = await appointmentsOf();
        expect(rows.length).toBeGreaterThan(10);
        for (const row of rows) {
          if (row.start !== null && row.minutes !== null && row.end !== null)
            expect(Date.parse(row.end) - Date.parse(row.start)).toBe(row.minutes * 60_000);
          expect(row.status).not.toBe('UNMAPPED');
        }
        for (const row of rows.slice(0, 3)) {
          const { data, errors } = await graph.ask(`query($id: ID!) { appointment(id: $id) { ${APPOINTMENT} } }`, {
            id: row.id,
          });
          expect(errors).toBeUndefined();
          expect(data.appointment).toEqual(row);
        }
      });

      it('answers the same observation in a list and by id, newest first or in the vendor’s order, each once', async () => {
        const rows = await listOf('observations', OBSERVATION);
        expect(rows.length).toBeGreaterThan(10);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        for (const row of rows.slice(0, 3)) {
          const { data, errors } = await graph.ask(`query($id: ID!) { observation(id: $id) { ${OBSERVATION} } }`, {
            id: row.id,
          });
          expect(errors).toBeUndefined();
          expect(data.observation).toEqual(row);
        }
        expect(rows.some(({ code }) => code.codings.some(({ system }: Row) => system === 'http://loinc.org'))).toBe(
          true,
        );
      });

      it('answers a blood pressure as one panel with two components', async () => {
        const rows = await listOf('observations(category: "vital-signs", first: 50)', OBSERVATION);
        const pressure = rows.find(({ code }) => code.codings.some(({ code: loinc }: Row) => loinc === '85354-9'));
        expect(
          pressure.components.flatMap((part: Row) => part.code.codings.map(({ code }: Row) => code)).sort(),
        ).toEqual(['8462-4', '8480-6']);
        for (const part of pressure.components) expect(Number(part.value.value)).toBeGreaterThan(30);
      });

      it.runIf(has('claims'))('answers the same claim in a list and by id', async () => {
        const rows = await listOf('claims', CLAIM);
        expect(rows.length).toBeGreaterThan(3);
        for (const row of rows.slice(0, 3)) {
          expect(row.lines.length).toBeGreaterThan(0);
          const { data, errors } = await graph.ask(`query($id: ID!) { claim(id: $id) { ${CLAIM} } }`, { id: row.id });
          expect(errors).toBeUndefined();
          expect(data.claim).toEqual(row);
        }
      });

      it.runIf(has('directories'))('answers practitioners, locations and slots, each also by id', async () => {
        const from = NOW;
        const to = '2026-11-28T15:00:00Z';
        const { data, errors } = await graph.ask(
          `query($source: ID!, $from: DateTime!, $to: DateTime!) { source(id: $source) {
             practitioners { nodes { id externalId npi name { family } } } locations { id name timeZone }
             ${has('slots') ? 'slots(from: $from, to: $to) { id start end practitioner { id } location { id } }' : ''} } }`,
          { source: vendor.source, from, to },
        );
        expect(errors).toBeUndefined();
        const { practitioners, locations, slots = [] } = data.source;
        expect(practitioners.nodes.length).toBeGreaterThanOrEqual(3);
        expect(locations.length).toBeGreaterThanOrEqual(1);
        if (has('slots')) expect(slots.length).toBeGreaterThan(0);
        for (const slot of slots) expect(slot.start >= from && slot.start < to && slot.start < slot.end).toBe(true);
        const ids = [practitioners.nodes[0].id, locations[0].id, ...slots.slice(0, 1).map(({ id }: Row) => id)];
        const byId = await graph.ask(
          `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Practitioner { name { family } } ... on Location { name } ... on Slot { start } } }`,
          { ids },
        );
        expect(byId.errors).toBeUndefined();
        expect(byId.data.nodes.map(({ id }: Row) => id)).toEqual(ids);
      });
    });

    const appointmentsOf = (): Promise<Row[]> => listOf(`appointments(first: 100${dates})`, APPOINTMENT);

    /** The patient, of the first few, of whom there is most. */
    const richestIn = async (field: string): Promise<string> => {
      const counted = await Promise.all(
        patients.slice(0, 8).map(async ({ id }) => {
          const args = field === 'appointments' ? dates : '';
          const { data } = await patient(id, `${field}(first: 100${args}) { nodes { id } }`);
          return { id: id as string, count: data.patient[field].nodes.length as number };
        }),
      );
      return counted.sort((one, other) => other.count - one.count)[0]?.id ?? '';
    };

    /** One list of the first patients, flattened. */
    const listOf = async (field: string, selection: string): Promise<Row[]> => {
      const ids = patients.slice(0, 8).map(({ id }) => id as string);
      const name = field.replace(/\(.*/, '');
      const { data, errors } = await graph.ask(
        `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Patient { ${field} { nodes { ${selection} } } } } }`,
        { ids },
      );
      expect(errors).toBeUndefined();
      return data.nodes.flatMap((row: Row) => row[name].nodes as Row[]);
    };

    describe('pages', () => {
      const through = async (
        query: string,
        path: readonly string[],
        variables: object,
      ): Promise<{ ids: string[]; total: number | null }> => {
        const ids: string[] = [];
        let after: string | null = null;
        let total: number | null = null;
        for (let i = 0; i < 60; i++) {
          const { data, errors } = await graph.ask(query, { ...variables, after });
          expect(errors).toBeUndefined();
          const page = path.reduce((value: Row, key) => value[key], data);
          ids.push(...page.nodes.map(({ id }: Row) => id as string));
          total = page.totalCount ?? null;
          after = page.pageInfo.endCursor;
          if (!page.pageInfo.hasNextPage) return { ids, total };
        }
        throw new Error('the pages do not end');
      };

      it.each([
        ['appointments', 3],
        ['observations', 7],
      ])('go through all %s of a patient, each once', async (field, first) => {
        const id = await richestIn(field);
        const query = `query($id: ID!, $first: Int, $after: String) { patient(id: $id) { ${field}(first: $first, after: $after${field === 'appointments' ? dates : ''}) { nodes { id } pageInfo { hasNextPage endCursor } totalCount } } }`;
        const all = await through(query, ['patient', field], { id, first: 100 });
        const paged = await through(query, ['patient', field], { id, first });
        expect(paged.ids).toEqual(all.ids);
        expect(new Set(paged.ids).size).toBe(paged.ids.length);
        expect(all.ids.length).toBeGreaterThan(first);
        if (all.total !== null) expect(all.total).toBe(all.ids.length);
      });

      it('go through a search of patients, each once', async () => {
        const search = { lastName: graph.sandbox.familyNames[vendor.simulator][0] };
        const query = `query($source: ID!, $search: PatientSearch!, $first: Int, $after: String) { source(id: $source) { patients(search: $search, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } totalCount } } }`;
        const all = await through(query, ['source', 'patients'], { source: vendor.source, search, first: 100 });
        const paged = await through(query, ['source', 'patients'], { source: vendor.source, search, first: 1 });
        expect(all.ids.length).toBeGreaterThan(1);
        expect(paged.ids).toEqual(all.ids);
      });

      it('refuse the cursor of another list', async () => {
        const [one, other] = patients;
        const { data } = await patient(one.id, `appointments(first: 1${dates}) { pageInfo { endCursor } }`);
        const after = data.patient.appointments.pageInfo.endCursor;
        const { errors } = await graph.ask(
          `query($id: ID!, $after: String) { patient(id: $id) { appointments(after: $after${dates}) { nodes { id } } } }`,
          { id: other.id, after },
        );
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION' });
      });
    });

    describe('failures', () => {
      // neither what was cached nor a breaker that opened may reach the next test
      beforeEach(() => graph.restart());
      it('says NOT_FOUND for a record that the vendor does not know', async () => {
        const { data, errors } = await patient(`${vendor.source}/Patient/99999999`);
        expect(data.patient).toBeNull();
        expect(errors).toHaveLength(1);
        expect(errors?.[0]).toMatchObject({
          path: ['patient'],
          extensions: { code: 'NOT_FOUND', source: vendor.source },
        });
      });

      it.each([
        ['hangs', { kind: 'hang' }, ['TIMEOUT'], true],
        ['is slower than allowed', { kind: 'delay', ms: 1_600 }, ['TIMEOUT'], true],
        ['resets the connection', { kind: 'reset' }, ['SOURCE_UNAVAILABLE'], true],
        ['answers 500', { kind: 'status', status: 500 }, ['SOURCE_UNAVAILABLE'], true],
        ['answers 503 as a gateway', { kind: 'status', status: 503 }, ['SOURCE_UNAVAILABLE'], true],
        ['answers 429', { kind: 'status', status: 429, retryAfter: AFTER_ALL }, ['RATE_LIMITED'], true],
        [
          'answers HTML',
          { kind: 'body', body: '<!DOCTYPE html><html><body>Welcome</body></html>' },
          ['BAD_VENDOR_ANSWER'],
          true,
        ],
        ['answers nothing', { kind: 'body', body: '' }, ['BAD_VENDOR_ANSWER'], true],
        [
          'answers JSON of the wrong type',
          { kind: 'body', body: '"patient"', contentType: 'application/json' },
          ['BAD_VENDOR_ANSWER', 'VENDOR_REJECTED'],
          undefined,
        ],
        ['is cut off', { kind: 'truncate' }, ['SOURCE_UNAVAILABLE', 'BAD_VENDOR_ANSWER'], true],
      ] as const)('is one typed error and null when the vendor %s', async (_case, fault, codes, retryable) => {
        const id = fresh();
        simulator.fault({ ...fault, match: vendor.patientRead });
        const { data, errors } = await patient(id);
        expect(data.patient).toBeNull();
        expect(errors).toHaveLength(1);
        expect(errors?.[0]?.path).toEqual(['patient']);
        expect(codes).toContain(errors?.[0]?.extensions.code);
        expect(errors?.[0]?.extensions.source).toBe(vendor.source);
        if (retryable !== undefined) expect(errors?.[0]?.extensions.retryable).toBe(retryable);
        simulator.reset();
        if (fault.kind === 'status' && fault.status === 429) {
          expect(errors?.[0]?.extensions.retryAfterSeconds).toBe(40);
          await graph.restart(); // it would be left alone for that long
        }
        expect((await patient(id)).data.patient).toMatchObject({ id });
      });

      it.each([
        ['resets a connection', { kind: 'reset' }],
        ['answers 503 once', { kind: 'status', status: 503 }],
        ['cuts an answer off', { kind: 'truncate' }],
        ['hangs once', { kind: 'hang' }],
      ] as const)('is no failure for the client when the vendor %s', async (_case, fault) => {
        const id = fresh();
        simulator.fault({ ...fault, match: vendor.patientRead, times: 1 });
        const { data, errors, calls } = await patient(id, 'id lastName');
        expect(errors).toBeUndefined();
        expect(data.patient.id).toBe(id);
        expect(calls.filter(({ call }) => call.includes(vendor.patientRead))).toHaveLength(2);
      });

      it('never takes an answer for another record', async () => {
        const [one, other] = [fresh(), fresh()];
        expect((await patient(one)).data.patient.id).toBe(one);
        simulator.fault({ kind: 'mix-up', match: vendor.patientRead, times: 1 });
        const { data, errors } = await patient(other);
        expect(data.patient).toBeNull();
        expect(['BAD_VENDOR_ANSWER', 'NOT_FOUND']).toContain(errors?.[0]?.extensions.code);
        expect((await patient(other)).data.patient.id).toBe(other);
      });

      it('signs in again when its token has expired', async () => {
        const id = fresh();
        simulator.fault({ kind: 'expire-token', match: vendor.patientRead, times: 1 });
        const { data, errors } = await patient(id);
        expect(errors).toBeUndefined();
        expect(data.patient.id).toBe(id);
      });

      it('is an outcome, not an error, in a search over sources', async () => {
        simulator.fault({ kind: 'status', status: 503, retryAfter: AFTER_ALL, match: vendor.patientSearch });
        const { data, errors } = await graph.ask(
          `{ patients(search: { lastName: "Rivera" }) { nodes { id } pageInfo { hasNextPage } outcomes { ok source { id } error { code message retryAfterSeconds } } } }`,
        );
        expect(errors).toBeUndefined();
        expect(data.patients).toEqual({
          nodes: [],
          pageInfo: { hasNextPage: false },
          outcomes: [
            {
              ok: false,
              source: { id: vendor.source },
              error: { code: 'SOURCE_UNAVAILABLE', message: expect.any(String), retryAfterSeconds: 40 },
            },
          ],
        });
      });
    });
  });
};
