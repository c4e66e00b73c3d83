import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_SIGN_IN } from './fhir/simulator.ts';
import { type Changes, type Sandbox, startSandbox, type Vendor } from './index.ts';

const NOW = '2026-11-18T15:00:00Z';
const LAKESIDE = 'Lakeside Avenue 7';
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ now: NOW });
});
afterAll(() => sandbox.close());

const source = (vendor: Vendor) => {
  const [unity, athenanet, fhir] = sandbox.config.sources;
  const found = { unity, athenanet, fhir }[vendor];
  if (found === undefined) throw new Error('no such source');
  return found;
};

const bearer = async (vendor: Vendor): Promise<Readonly<Record<string, string>>> => {
  const { auth } = source(vendor);
  const answer = await fetch(auth.tokenUrl ?? '', {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${auth.clientId}:${auth.clientSecret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: auth.scope ?? '' }),
  });
  return { authorization: `Bearer ${((await answer.json()) as { access_token: string }).access_token}` };
};

const magic = async (action: string, patient: string, first = ''): Promise<string> => {
  const { baseUrl, auth } = source('unity');
  const post = async (route: string, body: object): Promise<string> =>
    (await fetch(`${baseUrl}/json/${route}`, { method: 'POST', body: JSON.stringify(body) })).text();
  const token = await post('GetToken', { Username: auth.username, Password: auth.password });
  const call = (name: string, patientId: string, parameter: string) =>
    post('MagicJson', {
      Action: name,
      AppUserID: auth.ehrUser,
      Appname: auth.appName,
      PatientID: patientId,
      Token: token,
      Parameter1: parameter,
      ...Object.fromEntries([2, 3, 4, 5, 6].map((at) => [`Parameter${at}`, ''])),
      Data: '',
    });
  await call('GetUserAuthentication', '', auth.ehrPassword ?? '');
  return call(action, patient, first);
};

const athena = async (path: string): Promise<string> => {
  const { baseUrl, practiceId } = source('athenanet');
  return (await fetch(`${baseUrl}/v1/${practiceId}${path}`, { headers: await bearer('athenanet') })).text();
};

interface Resource {
  readonly meta: { readonly versionId: string; readonly lastUpdated: string };
}

const fhirText = async (path: string): Promise<string> =>
  (await fetch(`${source('fhir').baseUrl}${path}`, { headers: await bearer('fhir') })).text();
const fhir = async <T>(path: string): Promise<T & Resource> => JSON.parse(await fhirText(path)) as T & Resource;

const practiceOf = (vendor: Vendor) => {
  const practice = sandbox.practices[vendor];
  if (practice === undefined) throw new Error('no practice');
  return practice;
};

/** The first record of somebody that fits. */
const one = <T>(list: readonly T[], fits: (record: T) => boolean = () => true): T => {
  const found = list.find(fits);
  if (found === undefined) throw new Error('no such record');
  return found;
};

const address = (line1: string): Changes['Patient'] => ({
  address: { line1, city: 'Springfield', state: 'IL', postalCode: '62701', country: 'US' },
});

describe('change', () => {
  it('shows a new address and telephone from then on, at every vendor', async () => {
    for (const vendor of ['unity', 'athenanet', 'fhir'] as const)
      sandbox.change(vendor, 'Patient', 12_345, { ...address(LAKESIDE), homePhone: '2175550199' });
    const answers = [
      await magic('GetPatient', '12345'),
      await athena('/patients/12345'),
      await fhirText('/Patient/pat-12345'),
    ];
    for (const answer of answers) {
      expect(answer).toContain(LAKESIDE);
      expect(answer.replace(/\D/g, '')).toContain('2175550199');
    }
  });

  it('makes a new version of a FHIR resource, changed at that moment', async () => {
    const before = await fhir('/Patient/pat-12345');
    sandbox.change('fhir', 'Patient', 12_345, address('1 First St'));
    sandbox.change('fhir', 'Patient', 12_345, address('2 Second St'));
    const after = await fhir('/Patient/pat-12345');
    expect(Number(after.meta.versionId)).toBe(Number(before.meta.versionId) + 2);
    expect(Date.parse(after.meta.lastUpdated)).toBeGreaterThan(Date.parse(before.meta.lastUpdated));
    expect(after.meta.lastUpdated.slice(0, 10)).toBe(NOW.slice(0, 10));
  });

  it('moves an appointment of athenaNet, which tells when that was', async () => {
    const { id, locationId } = one(practiceOf('athenanet').appointments, ({ status }) => status === 'booked');
    sandbox.change('athenanet', 'Appointment', id, { start: '2026-11-24T15:30:00Z', minutes: 20, note: 'moved' });
    const path = `/appointments/booked?departmentid=${locationId}&startdate=11/24/2026&enddate=11/24/2026`;
    const { appointments } = JSON.parse(await athena(path)) as { appointments: Readonly<Record<string, unknown>>[] };
    const row = appointments.find(({ appointmentid }) => String(appointmentid) === String(id));
    expect(row).toMatchObject({ date: '11/24/2026', duration: 20 });
    expect(row?.lastmodified).toMatch(/^11\/18\/2026 /);
  });

  it.each([
    ['unity', () => magic('GetResults', '12345')],
    ['fhir', () => fhirText('/Observation?patient=pat-12345&category=laboratory')],
    ['athenanet', () => athena('/chart/12345/labresults?departmentid=1')],
  ] as const)('corrects a result of %s', async (vendor, read) => {
    const { id } = one(
      practiceOf(vendor).observations,
      ({ patientId, category, components, status }) =>
        patientId === 12_345 && category === 'laboratory' && components.length === 0 && status === 'final',
    );
    expect(await read()).not.toContain('77.77');
    sandbox.change(vendor, 'Observation', id, {
      value: { kind: 'quantity', value: '77.77', unit: 'mg/dL', ucum: 'mg/dL' },
    });
    expect(await read()).toContain('77.77');
    const changed = one(practiceOf(vendor).observations, (record) => record.id === id);
    expect(changed.status).toBe('corrected');
    expect(changed.history.at(-1)?.status).toBe('final');
  });

  it('changes the status of a claim', async () => {
    const claim = one(practiceOf('fhir').claims, ({ status }) => status === 'submitted' || status === 'paid');
    const before = await fhir<{ status: string }>(`/Claim/claim-${claim.id}`);
    sandbox.change('fhir', 'Claim', claim.id, { status: 'cancelled' });
    const after = await fhir<{ status: string }>(`/Claim/claim-${claim.id}`);
    expect([before.status, after.status]).toEqual(['active', 'cancelled']);
    expect(Number(after.meta.versionId)).toBe(Number(before.meta.versionId) + 1);
  });

  it('is seen where nothing disturbs, too', async () => {
    const beside = await sandbox.undisturbed();
    sandbox.simulators.fhir.fault({ kind: 'hang' });
    sandbox.change('fhir', 'Patient', 12_345, address('3 Third St'));
    const headers = { authorization: `Bearer ${FHIR_SIGN_IN.bearer}` };
    const answer = await fetch(`${beside.config.sources[2]?.baseUrl}/Patient/pat-12345`, { headers });
    expect(await answer.text()).toContain('3 Third St');
    expect(sandbox.simulators.fhir.traffic.inFlight).toBe(0);
    sandbox.simulators.fhir.reset();
    await beside.close();
  });

  it('refuses a record that is not there, and a time that no appointment has', () => {
    expect(() => sandbox.change('unity', 'Patient', 1, {})).toThrow(RangeError);
    const { id } = one(practiceOf('unity').appointments);
    expect(() => sandbox.change('unity', 'Appointment', id, { start: '2026-11-24T15:30:10Z' })).toThrow(RangeError);
    expect(() => sandbox.change('unity', 'Appointment', id, { minutes: 0 })).toThrow(RangeError);
  });
});
