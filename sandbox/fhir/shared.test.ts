import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idsOf, linkOf, NOW, type Running, start } from './running.ts';
import type { GivenResource } from './simulator.ts';

const DATA = fileURLToPath(new URL('../../../shared/data/fhir/', import.meta.url));
const PRESENT = existsSync(DATA);
if (!PRESENT) process.stdout.write('skipped: the shared FHIR sample data is not beside the repository\n');

const FILES = [
  ...['Patient', 'Practitioner', 'Organization', 'Encounter', 'Observation', 'Condition'].map(
    (type) => `synthea/${type}`,
  ),
  ...['DiagnosticReport', 'Claim', 'ExplanationOfBenefit', 'Coverage'].map((type) => `synthea/${type}`),
  ...['Appointment', 'Slot', 'Schedule', 'Location'].map((type) => `generated/${type}`),
  ...['Patient', 'Observation', 'Claim', 'ExplanationOfBenefit'].map((type) => `odd-shapes/${type}`),
];

const load = (): Map<string, readonly GivenResource[]> => {
  const byType = new Map<string, GivenResource[]>();
  const add = (text: string): void => {
    const resource = JSON.parse(text) as Resource;
    const list = byType.get(resource.resourceType);
    if (list === undefined) byType.set(resource.resourceType, [{ resource, text }]);
    else list.push({ resource, text });
  };
  for (const file of FILES)
    for (const line of readFileSync(`${DATA}${file}.ndjson`, 'utf8').split('\n')) if (line !== '') add(line);
  add(readFileSync(`${DATA}hl7-r4-examples/Observation/decimal.json`, 'utf8'));
  return byType;
};

/** Far above what an idle machine takes, so that only a wrong way of searching fails: the library's takes longer. */
const MOST_MS_TO_START = 5_000;
const MOST_MS_PER_SEARCH = 2_500;

describe.skipIf(!PRESENT)('a server of the size of a Synthea export', () => {
  let server: Running;
  let resources: Map<string, readonly GivenResource[]>;
  let startMs: number;
  beforeAll(async () => {
    resources = load();
    const before = performance.now();
    server = await start({ resources, now: () => NOW });
    startMs = performance.now() - before;
  });
  afterAll(() => server.simulator.close());

  /** The same search by looking at every resource, without anything of the server's. */
  const count = (type: string, holds: (text: string, resource: Resource) => boolean): number =>
    (resources.get(type) ?? []).filter(({ resource, text }) => holds(text, resource)).length;

  it('starts within seconds', () => {
    const size = [...resources.values()].reduce((sum, list) => sum + list.length, 0);
    process.stdout.write(`started with ${size} resources in ${Math.round(startMs)} ms\n`);
    expect(size).toBeGreaterThan(13_600);
    expect(startMs).toBeLessThan(MOST_MS_TO_START);
  });

  it.each([
    ['Patient', 'Patient', () => true],
    [
      'Patient?gender=female',
      'Patient',
      (_text: string, resource: Resource) => Reflect.get(resource, 'gender') === 'female',
    ],
    [
      'Observation?patient=d34e9e2d-a81a-407d-9527-82d1fdb06421',
      'Observation',
      (text: string) => text.includes('"subject":{"reference":"Patient/d34e9e2d-a81a-407d-9527-82d1fdb06421"}'),
    ],
    [
      'Observation?code=http://loinc.org|18262-6',
      'Observation',
      (text: string) => text.includes('"system":"http://loinc.org","code":"18262-6"'),
    ],
    ['Observation?component-code=8480-6', 'Observation', (text: string) => /"component":.*"code":"8480-6"/.test(text)],
    [
      'Observation?date=ge2018-01-01T00:00:00Z&date=lt2019-01-01T00:00:00Z',
      'Observation',
      (text: string) => {
        const time = Date.parse(/"effectiveDateTime":"([^"]+)"/.exec(text)?.[1] ?? '');
        return time >= Date.UTC(2018, 0, 1) && time < Date.UTC(2019, 0, 1);
      },
    ],
    [
      'Claim?patient=45514fef-7423-47ab-b3b8-59c34c6c9938,0af711aa-5601-49cd-987e-162e8dac3525',
      'Claim',
      (text: string) =>
        /"patient":\{"reference":"Patient\/(45514fef-7423-47ab-b3b8-59c34c6c9938|0af711aa-5601-49cd-987e-162e8dac3525)"/.test(
          text,
        ),
    ],
    ['Claim?status=draft', 'Claim', (text: string) => text.includes('"status":"draft"')],
    [
      'Appointment?status=cancelled,noshow',
      'Appointment',
      (text: string) => /"status":"(cancelled|noshow)"/.test(text),
    ],
    [
      'Slot?schedule.actor=Practitioner/03dfaa2f-a54b-4acf-bd54-80defef6ed51',
      'Slot',
      (text: string) => text.includes('"schedule":{"reference":"Schedule/e18e8669-9b1d-5de7-b419-762291f5b84c"}'),
    ],
    ['Encounter?class=AMB', 'Encounter', (text: string) => /"class":\{[^}]*"code":"AMB"/.test(text)],
  ])('counts %s exactly and soon', async (path, type, holds) => {
    const before = performance.now();
    const bundle = await server.search(`${path}${path.includes('?') ? '&' : '?'}_count=1000`);
    const ms = performance.now() - before;
    const expected = count(type, holds);
    expect(expected).toBeGreaterThan(0);
    expect(bundle.total).toBe(expected);
    expect(idsOf(bundle)).toHaveLength(Math.min(expected, 1_000));
    expect(ms).toBeLessThan(MOST_MS_PER_SEARCH);
  });

  it('goes through all 5,943 results and the odd ones page by page', async () => {
    const ids: (string | undefined)[] = [];
    let next: string | undefined = 'Observation?_count=1000';
    while (next !== undefined) {
      const bundle = await server.search(next);
      ids.push(...idsOf(bundle));
      next = linkOf(bundle, 'next');
    }
    expect(ids).toHaveLength(resources.get('Observation')?.length ?? 0);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('sends HL7’s decimals as they were written', async () => {
    const { text } = await server.get('Observation/decimal');
    expect(text).toBe(readFileSync(`${DATA}hl7-r4-examples/Observation/decimal.json`, 'utf8'));
    expect(text).toContain('1.00,');
  });

  it('finds an appointment whose patient is on another server only by that address', async () => {
    const address = 'https://fhir.example.org/r4/tenant-1/Patient/25477ae6-0c1e-428f-8814-f80acc4d2bcb';
    expect(idsOf(await server.search(`Appointment?actor=${address}`))).toContain(
      '66bfb09d-a9af-5a82-8593-d45352546f22',
    );
    const own = await server.search('Appointment?patient=25477ae6-0c1e-428f-8814-f80acc4d2bcb');
    expect(idsOf(own)).not.toContain('66bfb09d-a9af-5a82-8593-d45352546f22');
  });
});
