import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countsOf, type Graph, startGraph } from './harness.ts';

/** A patient's lists start beside the patient's record. */

const NOTHING_KEPT = { ttlSeconds: { Patient: 0 }, staleSeconds: 0 };
let graph: Graph;
const people = new Map<string, string[]>();
beforeAll(async () => {
  graph = await startGraph({
    configure: (config) => ({
      ...config,
      sources: config.sources.map((source: object) => ({ ...source, cache: NOTHING_KEPT })),
    }),
  });
  for (const vendor of ['unity', 'athenanet', 'fhir'] as const)
    for (const lastName of graph.sandbox.familyNames[vendor].slice(0, 12)) {
      const { data } = await graph.ask(
        'query($lastName: String) { patients(search: { lastName: $lastName }, first: 100) { nodes { id source { id } } } }',
        { lastName },
      );
      for (const { id, source } of data.patients.nodes) people.set(source.id, [...(people.get(source.id) ?? []), id]);
    }
});
afterAll(() => graph?.close());
beforeEach(() => {
  for (const simulator of Object.values(graph.sandbox.simulators)) simulator.reset();
});
/** Somebody whom no earlier test asked for. */
const fresh = (source: string): string => {
  const id = people.get(source)?.pop();
  if (id === undefined) throw new Error('nobody is left');
  return id;
};

const DAYS = 'from: "2026-11-01T00:00:00Z", to: "2026-11-30T00:00:00Z"';
const WHOLE = `lastName address { city } appointments(${DAYS}) { nodes { id } } observations { nodes { id } } claims { nodes { id } }`;
const PAGE = `query($id: ID!, $no: Boolean = false) { patient(id: $id) { ${WHOLE} } }`;

describe('a patient’s page', () => {
  it.each([
    ['lakeside', 'unity', 'GetPatient', ['Magic GetScheduleByPatientID', 'Magic GetResults']],
    ['springfield', 'athenanet', 'GET /patients/{id}', ['GET /appointments/booked', 'GET /claims']],
    ['mercy', 'fhir', 'GET Patient', ['GET Appointment', 'GET Observation', 'GET Claim']],
  ] as const)('at %s asks for lists while the record is on its way', async (source, name, match, lists) => {
    const id = fresh(source);
    const simulator = graph.sandbox.simulators[name];
    simulator.fault({ kind: 'delay', ms: 200, match });
    simulator.fault({ kind: 'body', body: '<html>', match });
    const { data } = await graph.ask(PAGE, { id });
    expect(data.patient).toBeNull();
    expect(Object.keys(countsOf(simulator.calls))).toEqual(expect.arrayContaining([...lists]));
  });

  it('asks for each list once, whatever it is called', async () => {
    const id = fresh('springfield');
    const { data, errors } = await graph.ask(
      `query($id: ID!) { patient(id: $id) { lastName
        new: claims(first: 1) { totalCount } ...More claims(first: 50) { nodes { id } } } }
      fragment More on Patient { claims(first: 50) { nodes { status } } ... on AthenaPatient { old: claims(first: 1) { nodes { id } } } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(data.patient.claims.nodes.every((row: object) => 'id' in row && 'status' in row)).toBe(true);
    expect(data.patient.new.totalCount).toBe(data.patient.claims.nodes.length);
    expect(countsOf(graph.sandbox.simulators.athenanet.calls)).toEqual({ 'GET /patients/{id}': 1, 'GET /claims': 1 });
  });

  it.each([
    ['that is skipped', 'claims @skip(if: true) { nodes { id } }', undefined],
    ['whose page is too long', 'claims(first: 101) { nodes { id } }', 'VALIDATION'],
    ['that ends before it begins', 'claims(from: "2026-02-01", to: "2026-01-01") { nodes { id } }', 'VALIDATION'],
    ['after a cursor of another', 'claims(after: "x") { nodes { id } }', 'VALIDATION'],
  ])('asks for no list %s', async (_title, list, code) => {
    const { data, errors } = await graph.ask(`query($id: ID!) { patient(id: $id) { lastName ${list} } }`, {
      id: fresh('springfield'),
    });
    expect(errors?.[0]?.extensions.code).toBe(code);
    expect(data?.patient === null || typeof data?.patient.lastName === 'string').toBe(true);
    expect(countsOf(graph.sandbox.simulators.athenanet.calls)).toEqual({ 'GET /patients/{id}': 1 });
  });

  it('asks for no list of a patient whom the caller may not see', async () => {
    const [id, own] = [fresh('springfield'), fresh('springfield')];
    const caller = { subject: 'somebody', scopes: ['*'], sources: 'all', patient: own } as const;
    const { data } = await graph.ask(PAGE, { id }, { caller });
    expect(data.patient).toBeNull();
    expect(countsOf(graph.sandbox.simulators.athenanet.calls)).not.toHaveProperty('GET /claims');
  });

  it('has the coverages with the record where the vendor sends them together', async () => {
    const { data, errors } = await graph.ask('query($id: ID!) { patient(id: $id) { lastName coverages { payer } } }', {
      id: fresh('springfield'),
    });
    expect(errors).toBeUndefined();
    expect(data.patient.coverages.length).toBeGreaterThan(0);
    expect(countsOf(graph.sandbox.simulators.athenanet.calls)).toEqual({ 'GET /patients/{id}': 1 });
  });
});
