import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasons, unaccounted } from './load/fixture/account.ts';
import { FILES } from './load/fixture/export.ts';
import { folderWith } from './load/fixture/folder.ts';
import { ADA } from './load/fixture/people.ts';
import { describeLoad, LoadError, type Loaded, loadNdjson, withoutPlace } from './load.ts';

const NOW = '2026-11-18T15:00:00Z';

describe('loadNdjson', () => {
  let loaded: Loaded;
  let dispose: () => Promise<void>;
  const number = (key: string): number | undefined => loaded.ids.get(key);
  const found = <T extends { readonly id: number }>(list: readonly T[], key: string): T | undefined =>
    list.find(({ id }) => id === number(key));

  beforeAll(async () => {
    const folder = await folderWith(FILES);
    dispose = folder.dispose;
    loaded = await loadNdjson([folder.path], { now: NOW });
  });
  afterAll(() => dispose());

  it('keeps every resource as it stands in its file', () => {
    const lines = FILES['Observation.ndjson'] ?? [];
    expect(loaded.resources.get('Observation')?.map(({ text }) => text)).toEqual(lines);
    expect(lines[0]).toContain('"value":1.00,');
    expect(loaded.resources.get('Patient')?.[0]).toMatchObject({
      resourceType: 'Patient',
      id: ADA,
      resource: { id: ADA },
    });
  });

  it('accounts for every line', () => {
    expect(unaccounted(loaded)).toEqual([]);
  });

  it('numbers records in file order', () => {
    expect(loaded.practice.patients.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect([number(`Patient/${ADA}`), number('Patient/named-by-text'), number('Patient/12')]).toEqual([1, 2, 3]);
    expect(number('Appointment/no-start')).toBeUndefined();
  });

  it('reads a patient with the name, phones and days to use now', () => {
    expect(loaded.practice.patients[0]).toEqual({
      id: 1,
      mrn: 'MRN-1',
      first: 'Ada12',
      middle: 'Beth Clara',
      last: 'Weimann987',
      suffix: 'PhD',
      birthDate: '1970-05',
      sex: 'F',
      maritalStatus: 'M',
      deceased: '2019-12-31',
      address: {
        line1: '1 A St',
        line2: 'Apt 2, Rear',
        city: 'Boston',
        state: 'MA',
        postalCode: '02108',
        country: 'US',
      },
      homePhone: '5555550101',
      email: 'ada@example.com',
      language: { system: 'urn:ietf:bcp:47', code: 'es', display: 'Spanish' },
      race: [{ system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3', display: 'White' }],
      locationId: number('Location/main'),
      coverages: [{ payer: 'Blue Cross', memberId: 'S1', relationship: 'self', start: '2020-01-01' }],
      changedAt: '2026-10-01T13:00:00Z',
    });
  });

  it('has every patient, however little is known', () => {
    expect(loaded.practice.patients[1]).toMatchObject({
      first: '',
      last: 'Ana María de la Cruz',
      deceased: true,
      race: [],
    });
    expect(loaded.practice.patients[2]).toMatchObject({ first: 'Id', last: 'Short', sex: 'O', changedAt: NOW });
  });

  it('takes local days in the zone that it is told', async () => {
    const folder = await folderWith({ 'Patient.ndjson': FILES['Patient.ndjson'] ?? [] });
    const tokyo = await loadNdjson([folder.path], { now: NOW, timeZone: 'Asia/Tokyo', name: 'Elsewhere' });
    await folder.dispose();
    expect(tokyo.practice).toMatchObject({ name: 'Elsewhere', timeZone: 'Asia/Tokyo' });
    expect(tokyo.practice.patients[0]?.deceased).toBe('2020-01-01');
  });

  it('gives staff a login each and the place where they work', () => {
    expect(loaded.practice.practitioners).toMatchObject([
      { npi: '350', username: 'soneil', sex: 'M', locationId: number('Location/main') },
      { npi: '', username: 'soneil_2', sex: 'U', locationId: number('Location/branch') },
    ]);
    expect(loaded.practice.locations).toMatchObject([
      { name: 'Main', phone: '6175550140', timeZone: 'America/New_York', address: {} },
      { name: 'branch', phone: '', address: { line1: '9 B St', city: 'Salem', state: 'MA' } },
    ]);
  });

  it('holds appointments whose patient is certain, and counts the others', () => {
    const patients = ['plain', 'absolute-uuid', 'known-identifier', 'conditional', 'seconds-and-room'].map(
      (id) => found(loaded.practice.appointments, `Appointment/${id}`)?.patientId,
    );
    expect(patients).toEqual([1, 1, 1, 1, 1]);
    expect(loaded.practice.appointments).toHaveLength(5);
    expect(reasons(loaded, 'Appointment')).toEqual({
      'has no patient in the files': 2,
      'names its patient by an identifier that no patient in the files has': 1,
      'has no start': 1,
      'has more than one patient': 1,
      'has no length': 1,
    });
  });

  it('reads an appointment to the minute, as long as it really lasts', () => {
    expect(found(loaded.practice.appointments, 'Appointment/plain')).toEqual({
      id: 1,
      patientId: 1,
      practitionerId: 1,
      locationId: 1,
      type: { id: 1, name: 'Checkup' },
      start: '2026-11-01T06:30:00Z',
      minutes: 45,
      status: 'cancelled',
      cancellationReason: 'Patient',
      scheduledAt: '2026-10-01T00:00:00Z',
      changedAt: '2026-10-01T00:00:00Z',
    });
    const odd = found(loaded.practice.appointments, 'Appointment/seconds-and-room');
    expect(odd).toMatchObject({
      practitionerId: 1,
      start: '2026-11-02T14:00:00Z',
      minutes: 30,
      type: { id: 2, name: 'Unspecified' },
      scheduledAt: '2026-11-02T14:00:00Z',
    });
    expect(odd).not.toHaveProperty('locationId');
  });

  it('offers the free slots only', () => {
    expect(loaded.practice.slots).toEqual([
      {
        id: 1,
        practitionerId: 1,
        locationId: 1,
        start: '2026-11-20T14:00:00Z',
        minutes: 30,
        type: { id: 1, name: 'Checkup' },
      },
    ]);
    expect(reasons(loaded, 'Slot')).toEqual({
      'is not free: only free time can be offered': 1,
      'belongs to no practitioner at a place': 1,
    });
  });

  it('tells in words what is not loaded and how rows were fitted, without naming anybody', () => {
    const text = describeLoad(loaded.report).join('\n');
    expect(text).toContain('Patient: 3 in the files; unity 3, athenanet 3, fhir 3');
    expect(text).toContain('Group: 3 in the files; unity 0, athenanet 0, fhir 1');
    expect(text).toContain('  1 not in unity, athenanet, fhir: repeats the id of an earlier line');
    expect(text).toContain('  1 not in unity, athenanet, fhir: has no id');
    expect(text).toContain(
      '  1 not in unity, athenanet: the graph has no such record; claims take their diagnoses from it',
    );
    for (const secret of [ADA, 'Weimann', 'Ada12', 'Cruz', 'MRN', 'named-by-text']) expect(text).not.toContain(secret);
    expect(Object.fromEntries(loaded.report.notes.map(({ note, count }) => [note, count]))).toEqual({
      'absolute references taken as the Patient with that UUID in the files': 1,
      'appointments are in a room that has no record of its own: shown without a place': 1,
      'appointments do not say when they were made: taken as now, or as their start': 1,
      'appointments have further practitioners: those stay in FHIR only': 1,
      'appointments last another time than minutesDuration says: start and end count': 1,
      'appointments start within a minute: the seconds stay in FHIR only': 1,
      'coverages do not say whose insurance it is: taken as the own one': 1,
      'diagnoses of claims lead to no code in the files: left out': 4,
      'observations are of the category "vital-sign": taken as vital-signs': 1,
      'patients have further names, such as the maiden name: those stay in FHIR only': 1,
      'phone numbers stay in FHIR only: not ten digits, or a second one of its use': 1,
      'rows of Appointment have no type of visit: shown as "Unspecified"': 1,
    });
  });

  it('moves what a system has no place for out of what it has', () => {
    const [row] = withoutPlace(loaded.report, 'unity', 'Patient', 'is too long', 2).types.filter(
      ({ type }) => type === 'Patient',
    );
    expect(row).toMatchObject({
      loaded: { unity: 1, athenanet: 3 },
      left: [{ reason: 'is too long', count: 2, from: ['unity'] }],
    });
    expect(withoutPlace(loaded.report, 'unity', 'Patient', 'is too long', 0)).toBe(loaded.report);
  });

  it('makes up a place when the files have none', async () => {
    const folder = await folderWith({
      'Patient.ndjson': FILES['Patient.ndjson'] ?? [],
      'Practitioner.ndjson': FILES['Practitioner.ndjson'] ?? [],
    });
    const { practice } = await loadNdjson([folder.path], { now: NOW });
    await folder.dispose();
    expect(practice.locations).toHaveLength(1);
    for (const { locationId } of [...practice.patients, ...practice.practitioners]) expect(locationId).toBe(1);
  });

  it.each([
    ['that is cut off', '{"resourceType":"Patient","id":"1","name":[{"family":"Secret"', 'the line is not JSON'],
    ['without a type', '{"id":"1","name":[{"family":"Secret"}]}', 'the line has no resourceType'],
    ['that is a list', '[{"family":"Secret"}]', 'the line is not a JSON object'],
  ])('refuses a line %s, naming file and number only', async (_title, line, message) => {
    const folder = await folderWith({ 'Patient.ndjson': [{ resourceType: 'Patient', id: 'fine' }, line] });
    const refused = await loadNdjson([folder.path], { now: NOW }).catch((error: unknown) => error);
    await folder.dispose();
    expect(refused).toBeInstanceOf(LoadError);
    expect(refused).toHaveProperty('line', 2);
    expect(refused).not.toHaveProperty('cause');
    expect(String(refused)).toMatch(new RegExp(`Patient\\.ndjson, line 2: ${message}$`));
  });
});
