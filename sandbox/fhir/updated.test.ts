import type { Bundle, Resource } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Changes, changeRecord } from '../change.ts';
import { listen, type Simulator } from '../server.ts';
import { smallPractice } from './fixture.ts';
import { idsOf, linkOf, NOW, outcomeOf, outcomesIn, type Running, start } from './running.ts';
import { newPatient, newResult, slotVisit } from './samples.ts';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from './simulator.ts';

const MINUTE = 60_000;
const at = (ms: number): string => new Date(ms).toISOString();
/** The types of which the practice has something. */
const TYPES = [
  'Organization',
  'Location',
  'Practitioner',
  'PractitionerRole',
  'Patient',
  'Coverage',
  'Schedule',
  'Slot',
  'Appointment',
  'Encounter',
  'Observation',
  'Claim',
  'ExplanationOfBenefit',
];

let practice: ReturnType<typeof smallPractice>;
let now = NOW;
let server: Running;
beforeEach(async () => {
  practice = smallPractice();
  now = NOW;
  server = await start({ practice, now: () => now });
});
afterEach(() => server.simulator.close());

/** What changed since an instant, of every type: `Type/id`. */
const changedSince = async (since: string, running = server): Promise<readonly string[]> => {
  const all = await Promise.all(TYPES.map((type) => running.search(`${type}?_lastUpdated=ge${since}`)));
  return all.flatMap(({ entry = [] }) => entry.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`));
};

const change = <T extends keyof Changes>(type: T, id: number, set: Changes[T]): void => {
  changeRecord(practice, type, id, set, now);
};

describe('_lastUpdated', () => {
  it('finds everything of every type since the beginning, and nothing of the future', async () => {
    const all = await changedSince('1970');
    expect(new Set(all.map((key) => key.split('/')[0]))).toEqual(new Set(TYPES));
    expect(await changedSince(at(NOW + 1))).toEqual([]);
  });

  it.each([
    ['Patient', () => server.send('POST', 'Patient', newPatient()), ['Patient/pat-4']],
    ['Observation', () => server.send('POST', 'Observation', newResult()), ['Observation/obs-46']],
    ['Appointment', () => server.send('POST', 'Appointment', slotVisit()), ['Slot/slot-80', 'Appointment/appt-34']],
  ])('finds what the write of one %s changed, and nothing else', async (_type, write, keys) => {
    now += MINUTE;
    expect((await write()).status).toBe(201);
    expect(await changedSince(at(now))).toEqual(keys);
  });

  it.each<readonly [string, () => void, readonly string[]]>([
    ['a telephone', () => change('Patient', 2, { mobilePhone: '6175550177' }), ['Patient/pat-2']],
    ['a check-in', () => change('Appointment', 30, { status: 'arrived' }), ['Appointment/appt-30', 'Encounter/enc-30']],
    [
      'a corrected result',
      () => change('Observation', 41, { value: { kind: 'text', text: 'x' } }),
      ['Observation/obs-41'],
    ],
    ['a name', () => change('Practitioner', 7, { last: 'Clark' }), ['Practitioner/prac-7', 'PractitionerRole/role-7']],
    ['a draft that is sent', () => change('Claim', 52, { status: 'submitted' }), ['Claim/claim-52']],
    ['a decision', () => change('Claim', 52, { status: 'denied' }), ['Claim/claim-52', 'ExplanationOfBenefit/eob-52']],
  ])('finds %s that the practice itself changed', async (_name, make, keys) => {
    now += MINUTE;
    make();
    const found = await changedSince(at(now));
    expect(found.filter((key) => keys.includes(key))).toEqual(keys);
    expect(found.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it.each([
    ['ge', -1, true],
    ['ge', 0, true],
    ['ge', 1, false],
    ['gt', -1, true],
    ['gt', 0, false],
    ['le', -1, false],
    ['le', 0, true],
    ['lt', 0, false],
    ['lt', 1, true],
    ['eq', 0, true],
    ['ne', 0, false],
  ])('%s with a bound %i ms away says %s', async (prefix, ms, holds) => {
    now += 123;
    change('Patient', 2, { mobilePhone: '6175550177' });
    const found = idsOf(await server.search(`Patient?_id=pat-2&_lastUpdated=${prefix}${at(now + ms)}`));
    expect(found).toEqual(holds ? ['pat-2'] : []);
  });

  it.each([
    ['ge2026-11-20T12:00:00Z', true],
    ['gt2026-11-20T12:00:00Z', false],
    ['gt2026-11-20T11:59:59Z', true],
    ['lt2026-11-20T12:00:00Z', false],
    ['lt2026-11-20T12:00:01Z', true],
    ['2026-11-20T12:00:00Z', true],
    ['ge2026-11-20T07:00:00-05:00', true],
    ['gt2026-11-20T12:00:00.122999Z', true],
  ])('reads %s, whose second has milliseconds in it, as %s', async (bound, holds) => {
    now += 123;
    change('Patient', 2, { mobilePhone: '6175550177' });
    const found = idsOf(await server.search(`Patient?_id=pat-2&_lastUpdated=${encodeURIComponent(bound)}`));
    expect(found).toEqual(holds ? ['pat-2'] : []);
  });

  it('grows with every version, also of one and the same millisecond', async () => {
    for (const status of ['arrived', 'fulfilled'] as const) {
      change('Appointment', 30, { status });
      await server.get('Appointment/appt-30');
    }
    const { entry = [] } = JSON.parse((await server.get('Appointment/appt-30/_history')).text) as Bundle;
    const times = entry.map(({ resource }) => resource?.meta?.lastUpdated ?? '');
    expect(times).toHaveLength(3);
    expect(times).toEqual([...new Set(times)].toSorted().reverse());
  });

  it('goes through all pages of what there was, whatever changes meanwhile', async () => {
    const seen: (string | undefined)[] = [];
    let page: Bundle | undefined = await server.search('Observation?_lastUpdated=ge2026&_sort=_lastUpdated&_count=2');
    while (page !== undefined) {
      seen.push(...idsOf(page));
      now += MINUTE;
      change('Observation', Math.min(40 + seen.length, 45), { status: 'amended' });
      const next = linkOf(page, 'next');
      page = next === undefined || seen.length > 20 ? undefined : await server.search(next);
    }
    expect(seen.toSorted()).toEqual(['obs-40', 'obs-41', 'obs-42', 'obs-43', 'obs-44', 'obs-45']);
    expect(await changedSince(at(NOW + 1))).toEqual(
      expect.arrayContaining(['Observation/obs-42', 'Observation/obs-44']),
    );
  });

  it('is spelt in small letters at Epic, for documents alone', async () => {
    const epic = await start({ practice: smallPractice(), now: () => now, profile: 'epic' });
    const note = {
      resourceType: 'DocumentReference',
      status: 'current',
      type: { coding: [{ system: 'http://loinc.org', code: '34108-1' }] },
      subject: { reference: 'Patient/pat-1' },
      content: [{ attachment: { contentType: 'text/plain', data: 'aGVsbG8=' } }],
    };
    expect((await epic.send('POST', 'DocumentReference', note)).status).toBe(201);
    const found = async (bound: string) =>
      idsOf(await epic.search(`DocumentReference?patient=pat-1&_lastupdated=${bound}`));
    expect(await found(`ge${at(NOW)}`)).toEqual(['doc-1']);
    expect(await found(`gt${at(NOW)}`)).toEqual([]);
    expect(outcomesIn(await epic.search('Appointment?patient=pat-1&_lastupdated=ge2026'))).toEqual(['4122']);
    await epic.simulator.close();
  });
});

describe('_history', () => {
  it('tells the versions since an instant', async () => {
    const versions = async (since: string) => {
      const answer = await server.get(`Observation/obs-42/_history?_since=${since}`);
      return (JSON.parse(answer.text) as Bundle).entry?.map(({ resource }) => resource?.meta?.versionId) ?? [];
    };
    expect(await versions('2026-11-04T09:00:00Z')).toEqual(['3', '2']);
    expect(await versions('2026-11-04T09:00:00.001Z')).toEqual(['3']);
    expect(await versions('2027-01-01T00:00:00Z')).toEqual([]);
    const refused = await server.get('Observation/obs-42/_history?_since=yesterday');
    expect([refused.status, outcomeOf(refused)]).toEqual([400, ['A search parameter has an invalid value']]);
  });
});

describe('a still server', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  it('shows what it is told of, and what a laboratory reports', async () => {
    const behaviour = await fhirSimulator({ practice, now: () => now, still: true });
    simulator = await listen(behaviour);
    const changed = changeRecord(practice, 'Appointment', 30, { status: 'noshow' }, now);
    behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type: 'Appointment', ...changed });
    const { id: _, issued: __, history: ___, reportId: ____, ...draft } = practice.observations[1] ?? fail();
    behaviour.report?.(draft);
    const headers = { authorization: `Bearer ${FHIR_SIGN_IN.bearer}` };
    const read = async (path: string): Promise<Resource> =>
      (await (await fetch(`${simulator.url}${FHIR_BASE_PATH}/${path}`, { headers })).json()) as Resource;
    expect(await read('Appointment/appt-30')).toMatchObject({ status: 'noshow', meta: { versionId: '2' } });
    expect(await read('Observation/obs-46')).toMatchObject({ status: 'final' });
    expect(behaviour.happenings?.all.map(({ type, cause, by }) => [type, cause, by])).toEqual([
      ['Appointment', 'no-show', 'practice'],
      ['Observation', undefined, 'practice'],
    ]);
  });
});

const fail = (): never => {
  throw new Error('a practice without results');
};
