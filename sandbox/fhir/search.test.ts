import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallPractice } from './fixture.ts';
import { given, idsOf, linkOf, NOW, outcomeOf, type Running, start } from './running.ts';
import { FHIR_SIGN_IN } from './simulator.ts';

const SIGNED_IN = { authorization: `Bearer ${FHIR_SIGN_IN.bearer}` };
const STRICT = { ...SIGNED_IN, prefer: 'handling=strict' };
const FORM = { ...SIGNED_IN, 'content-type': 'application/x-www-form-urlencoded' };

describe('the generic server searches', () => {
  let server: Running;
  beforeAll(async () => {
    server = await start({ practice: smallPractice(), now: () => NOW });
  });
  afterAll(() => server.simulator.close());

  it.each([
    // ids and references
    ['Patient?_id=pat-2,pat-1,nobody', ['pat-1', 'pat-2']],
    ['Observation?patient=pat-1', ['obs-40', 'obs-41', 'obs-42']],
    ['Observation?subject=Patient/pat-2', ['obs-43', 'obs-44', 'obs-45']],
    ['Observation?patient=pat-1,Patient/pat-2&status=final', ['obs-40', 'obs-41', 'obs-44', 'obs-45']],
    ['Observation?patient=nobody', []],
    ['Appointment?actor=Practitioner/prac-7', ['appt-30', 'appt-32']],
    ['Appointment?actor:Practitioner=prac-7', ['appt-30', 'appt-32']],
    ['Appointment?actor=prac-7,pat-3', ['appt-30', 'appt-32', 'appt-33']],
    ['Appointment?practitioner=prac-8&location=loc-4', ['appt-31']],
    ['Appointment?practitioner:missing=true', ['appt-33']],
    ['Slot?schedule.actor=Practitioner/prac-8', ['slot-81']],
    ['Slot?schedule.actor=Location/loc-4', ['slot-80', 'slot-81']],
    ['Slot?schedule=sched-7-4,sched-8-4&start=ge2026-12-05', ['slot-81']],
    ['Claim?provider=Practitioner/prac-8', ['claim-50']],
    ['ExplanationOfBenefit?claim=claim-50,claim-52', ['eob-50']],
    ['Coverage?beneficiary=pat-1', ['cov-1-1']],
    ['Coverage?patient=pat-2', []],
    ['Encounter?patient=pat-1', ['enc-31']],
    ['Encounter?appointment=appt-31', ['enc-31']],
    ['Claim?patient.family=garner', ['claim-51']],
    // text: starts with, whatever the case and the accents
    ['Patient?name=GARC', ['pat-1']],
    ['Patient?family=gar', ['pat-1', 'pat-2']],
    ['Patient?family=arc', []],
    ['Patient?family:contains=arc', ['pat-1']],
    ['Patient?family:exact=García', ['pat-1']],
    ['Patient?family:exact=Garcia', []],
    ['Patient?given=zoe', ['pat-1']],
    ['Patient?given=ana', ['pat-1']],
    ['Patient?name=zo,cy', ['pat-1', 'pat-3']],
    ['Patient?family=gar&given=bo', ['pat-2']],
    ['Patient?address-city=sal', ['pat-1']],
    ['Patient?address-postalcode=01970&address-state=ma', ['pat-1']],
    ['Practitioner?name=ng', ['prac-8']],
    ['Location?name=harbor', ['loc-4']],
    ['Organization?name=Harbor%20Family', ['org-1']],
    // tokens
    ['Patient?identifier=M2', ['pat-2']],
    ['Patient?identifier=urn:oid:2.16.840.1.113883.19.5.1|M2', ['pat-2']],
    ['Patient?identifier=|M2', []],
    ['Patient?identifier=urn:other|M2', []],
    ['Patient?identifier=urn:oid:2.16.840.1.113883.19.5.1|', ['pat-1', 'pat-2', 'pat-3']],
    ['Patient?identifier=MR|M2', []],
    ['Patient?gender=female', ['pat-1']],
    ['Patient?gender:not=female', ['pat-2', 'pat-3']],
    ['Patient?phone=6175550134', ['pat-1']],
    ['Patient?phone=%2B1 (617) 555-0134', ['pat-1']],
    ['Patient?phone=5550134', []],
    ['Patient?email=zoe@example.com', ['pat-1']],
    ['Patient?telecom=email|zoe@example.com', ['pat-1']],
    ['Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893', ['prac-7']],
    ['Observation?code=718-7,4548-4&patient=pat-1', ['obs-41', 'obs-42']],
    ['Observation?code=http://loinc.org|718-7', ['obs-41', 'obs-43', 'obs-45']],
    ['Observation?code=urn:x|718-7', []],
    ['Observation?code=8480-6', []],
    ['Observation?component-code=8480-6', ['obs-40']],
    ['Observation?combo-code=8480-6,718-7&patient=pat-1', ['obs-40', 'obs-41']],
    ['Observation?category=social-history', ['obs-44']],
    ['Appointment?status=booked,proposed', ['appt-30', 'appt-33']],
    ['Appointment?service-type=20&status=cancelled', ['appt-32']],
    ['Claim?use=claim&status=draft', ['claim-52']],
    // dates; a day is a day in New York
    ['Patient?birthdate=1980-05-17', ['pat-1']],
    ['Patient?birthdate=1980-05', ['pat-1', 'pat-3']],
    ['Patient?birthdate=lt1980-05-18', ['pat-1', 'pat-2', 'pat-3']],
    ['Appointment?date=2026-12-02', ['appt-30']],
    ['Appointment?date=ge2026-12-01&date=lt2026-12-02', ['appt-32']],
    ['Appointment?date=ge2026-12-02T15:00:00Z', ['appt-30']],
    ['Appointment?date=gt2026-12-02T15:00:00Z', []],
    ['Appointment?date:missing=true', ['appt-33']],
    ['Observation?date=2026-10', ['obs-45']],
    ['Observation?date=ap2026-11-10', ['obs-44']],
    ['Claim?created=2026-11-03', ['claim-50', 'claim-51', 'claim-52']],
    ['Slot?start=2026-12-04&status=free&service-type=20', ['slot-80']],
    ['Observation?_lastUpdated=ge2026-11-05', ['obs-42']],
    // order
    ['Appointment?_sort=date&date:missing=false', ['appt-31', 'appt-32', 'appt-30']],
    ['Appointment?_sort=-date', ['appt-30', 'appt-32', 'appt-31', 'appt-33']],
    ['Patient?_sort=-family,given', ['pat-2', 'pat-1', 'pat-3']],
    ['Patient?_sort=-_id', ['pat-3', 'pat-2', 'pat-1']],
    ['Observation?_sort=-_lastUpdated,_id&patient=pat-1', ['obs-42', 'obs-40', 'obs-41']],
  ])('%s', async (path, expected) => {
    const bundle = await server.search(path);
    expect(idsOf(bundle)).toEqual(expected);
    expect(bundle.total).toBe(expected.length);
  });

  it.each([
    ['Appointment?_id=appt-30&_include=Appointment:actor', ['pat-1', 'prac-7', 'loc-4']],
    ['Appointment?_id=appt-30&_include=Appointment:actor:Patient', ['pat-1']],
    ['Appointment?patient=pat-1&_include=Appointment:patient', ['pat-1']],
    ['Appointment?_id=appt-30&_include=*', ['pat-1', 'prac-7', 'loc-4']],
    ['Slot?_id=slot-80&_include=Slot:schedule', ['sched-7-4']],
    ['Slot?_id=slot-80&_include=Slot:schedule&_include=Schedule:actor:Practitioner', ['sched-7-4']],
    ['Slot?_id=slot-80&_include=Slot:schedule&_include:iterate=Schedule:actor:Practitioner', ['sched-7-4', 'prac-7']],
    ['Claim?patient=pat-1,pat-3&_revinclude=ExplanationOfBenefit:claim', ['eob-50']],
    ['Patient?_id=pat-1&_revinclude=Observation:patient', ['obs-40', 'obs-41', 'obs-42']],
    ['Claim?_id=claim-50&_include=Claim:patient&_revinclude=ExplanationOfBenefit:claim', ['pat-1', 'eob-50']],
  ])('includes beside %s', async (path, expected) => {
    const bundle = await server.search(path);
    expect(idsOf(bundle, 'include')).toEqual(expected);
    expect(bundle.total).toBe(idsOf(bundle).length);
  });

  it.each([
    'Patient?birthdate=yesterday',
    'Patient?birthdate=1980-02-30',
    'Patient?family=',
    'Patient?_count=many',
    'Patient?_sort=colour',
    'Patient?family:near=x',
    'Patient?gender:exact=x',
    'Appointment?actor:Medication=1',
    'Appointment?_include=Appointment:colour',
    'Patient?family:missing=perhaps',
  ])('refuses %s', async (path) => {
    const answer = await server.get(path);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] });
    expect(answer.text).not.toContain('yesterday');
  });

  it('ignores what it does not know and says in the self link what it used', async () => {
    const bundle = await server.search('Claim?patient=pat-1&billablePeriod=ge2020&colour=red&_summary=text');
    expect(idsOf(bundle)).toEqual(['claim-50']);
    expect(linkOf(bundle, 'self')).toBe(`${server.base}/Claim?patient=pat-1`);
  });

  it.each([
    'Claim?patient=pat-1&billablePeriod=ge2020',
    'Patient?colour=red',
    'Slot?schedule.colour=red',
    'Patient?_summary=text',
  ])('refuses %s when handling is strict', async (path) => {
    const answer = await server.get(path, STRICT);
    expect(answer.status).toBe(400);
    expect(outcomeOf(answer)).toEqual(['A search parameter is not supported']);
  });

  it('accepts what it knows when handling is strict', async () => {
    expect((await server.get('Claim?patient=pat-1&_sort=created&_total=accurate', STRICT)).status).toBe(200);
  });

  it('reads a form as it reads an address', async () => {
    const answer = await server.post('Observation/_search', 'patient=pat-1&code=4548-4', FORM);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"total":1,');
    expect((await server.post('Observation/_search?status=final', 'patient=pat-1', FORM)).text).toContain('"total":2,');
    expect(
      (await server.post('Observation/_search', '{}', { ...SIGNED_IN, 'content-type': 'application/json' })).status,
    ).toBe(415);
  });

  it('takes its own address in a reference', async () => {
    expect(idsOf(await server.search(`Coverage?patient=${server.base}/Patient/pat-1`))).toEqual(['cov-1-1']);
    expect(idsOf(await server.search('Coverage?patient=https://elsewhere.example.org/Patient/pat-1'))).toEqual([]);
  });

  it('goes through all pages once, by opaque links', async () => {
    const ids: (string | undefined)[] = [];
    const sizes: number[] = [];
    let next: string | undefined = 'Observation?_count=4&_sort=-_id';
    while (next !== undefined) {
      const bundle = await server.search(next);
      sizes.push(idsOf(bundle).length);
      ids.push(...idsOf(bundle));
      expect(bundle.total).toBe(6);
      next = linkOf(bundle, 'next');
      if (next !== undefined) expect(next).toMatch(new RegExp(`^${server.base}/Observation\\?_page=[\\w-]+$`));
    }
    expect(sizes).toEqual([4, 2]);
    expect(ids).toEqual(['obs-45', 'obs-44', 'obs-43', 'obs-42', 'obs-41', 'obs-40']);
  });

  it('has no next page when the last one is just full', async () => {
    expect(linkOf(await server.search('Observation?_count=6'), 'next')).toBeUndefined();
    expect(linkOf(await server.search('Observation?_count=5'), 'next')).toBeDefined();
  });

  it.each(['Observation?_page=nonsense', 'Observation?_page=QUJDLjI'])('refuses the made-up page %s', async (path) => {
    expect((await server.get(path)).status).toBe(410);
  });

  it.each([
    ['Observation?_summary=count', 6, 0],
    ['Observation?patient=pat-1&_count=0', 3, 0],
    ['Observation?_total=none', undefined, 6],
  ])('answers %s with total %s and %i entries', async (path, total, entries) => {
    const bundle = await server.search(path);
    expect([bundle.total, bundle.entry?.length ?? 0]).toEqual([total, entries]);
  });

  it('sends only the asked elements, marked, with their digits', async () => {
    const { text } = await server.get('Observation?_id=obs-42&_elements=code,value');
    expect(text).toContain('"valueQuantity":{"value":7.10,');
    expect(text).toContain('"SUBSETTED"');
    expect(text).not.toContain('"subject"');
  });

  it('finds a new result with the next request', async () => {
    const practice = smallPractice();
    const other = await start({ practice, now: () => NOW });
    expect(idsOf(await other.search('Claim?patient=pat-3'))).toEqual(['claim-52']);
    practice.claims.pop();
    expect(idsOf(await other.search('Claim?patient=pat-3'))).toEqual([]);
    await other.simulator.close();
  });
});

describe('given resources', () => {
  const ODD =
    '{"resourceType":"Observation","id":"o.1","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00},\n "component":[{"code":{"text":"y"},"valueQuantity":{"value":1.0E-245}}], "subject":{"reference":"Patient/p/_history/3"}}';
  const PERIODS = ['{"start":"2026-03-01T10:00:00+05:30"}', '{"end":"2020"}'].map(
    (period, at) =>
      `{"resourceType":"Encounter","id":"e${at}","status":"finished","class":{"code":"AMB"},"period":${period}}`,
  );
  let server: Running;
  beforeAll(async () => {
    server = await start(given(ODD, ...PERIODS));
  });
  afterAll(() => server.simulator.close());

  it('are sent character by character', async () => {
    expect((await server.get('Observation/o.1')).text).toBe(ODD);
    expect((await server.get('Observation?_id=o.1')).text).toContain(ODD);
  });

  it('are found under a reference to a version', async () => {
    expect(idsOf(await server.search('Observation?subject=Patient/p'))).toEqual(['o.1']);
  });

  it.each([
    ['ge2026', ['e0']],
    ['lt2019', ['e1']],
    ['sa2026-02-28', ['e0']],
    ['2026', []],
  ])('with an open period are found by date=%s', async (date, ids) => {
    expect(idsOf(await server.search(`Encounter?date=${date}`))).toEqual(ids);
  });

  it('of the same id are versions of one resource', async () => {
    const newer = ODD.replace('final', 'amended');
    const other = await start(given(ODD, newer));
    const answer = await other.get('Observation/o.1');
    expect([answer.text, answer.headers.get('etag')]).toEqual([newer, 'W/"2"']);
    expect((await other.get('Observation/o.1/_history/1')).text).toBe(ODD);
    await other.simulator.close();
  });

  it('without an id are refused at the start', async () => {
    await expect(start(given('{"resourceType":"Patient"}'))).rejects.toThrow('without an id');
  });
});
