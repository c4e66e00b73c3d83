import { afterEach, describe, expect, it } from 'vitest';
import { processState } from '../../upstream/shared-state.ts';
import { bundle, closeAll, connected, FIRST, list, NOW, settingsFor, start, wanted } from './fixtures/server.ts';

afterEach(closeAll);

const merged = {
  resourceType: 'Patient',
  id: 'old',
  active: false,
  link: [{ type: 'replaced-by', other: { reference: 'Patient/new' } }],
};
/** Of everything, this is the survivor's. */
const RECORDS: Readonly<Record<string, object>> = {
  Appointment: { status: 'booked', participant: [{ actor: { reference: 'Patient/new' } }] },
  Observation: { status: 'final', subject: { reference: 'Patient/new' } },
  Claim: { status: 'active', patient: { reference: 'Patient/new' } },
  Coverage: { status: 'active', subscriberId: 'm', beneficiary: { reference: 'Patient/new' } },
};

/** A server that keeps a merged patient's records under the survivor's id. */
const merging = () =>
  start('GENERIC_FHIR', ({ url, query }) => {
    const [, type = ''] = /^\/([A-Za-z]+)/.exec(url) ?? [];
    if (type === 'Patient') return { body: url.endsWith('old') ? merged : { resourceType: 'Patient', id: 'new' } };
    const resource = { resourceType: type, id: 'r', ...RECORDS[type] };
    return { body: bundle(query.get('patient')?.split(',').includes('new') ? [{ resource }] : []) };
  });

describe('lists asked for beside the read of a patient who was merged', () => {
  it.each(['Appointment', 'Observation', 'Claim'] as const)('tells the survivor’s %ss', async (type) => {
    const { connector, call } = await merging();
    const ask = {
      Appointment: () => connector.patientAppointments([list('old', {})], call),
      Observation: () => connector.patientObservations([list('old', {})], call),
      Claim: () => connector.patientClaims([list('old', {})], call),
    }[type];
    const [[page]] = await Promise.all([ask(), connector.read.Patient(wanted('old'), call)]);
    expect(page).toMatchObject({ items: [{ record: { key: 'r', patientKey: 'new' } }] });
  });

  it('tells the survivor’s coverages', async () => {
    const { connector, call } = await merging();
    const [[coverages]] = await Promise.all([
      connector.coverages(['old'], call),
      connector.read.Patient(wanted('old'), call),
    ]);
    expect(coverages).toMatchObject([{ memberId: 'm' }]);
  });

  it('finds a merge that another process learned', async () => {
    const state = processState();
    const { server, connector, call } = await merging();
    const other = connected(settingsFor(server.url), () => NOW, state);
    const own = connected(settingsFor(server.url), () => NOW, state);
    await other.connector.read.Patient(wanted('old'), call);
    expect(await own.connector.patientClaims([list('old', {})], call)).toMatchObject([
      { items: [{ record: { key: 'r' } }] },
    ]);
    expect(await connector.patientClaims([list('old', {})], call)).toMatchObject([{ items: [] }]);
    await Promise.all([other, own, state].map((one) => one.close()));
  });

  it('asks nobody again who has records or was not merged', async () => {
    const { connector, call, urls } = await merging();
    await Promise.all([
      connector.patientAppointments(
        ['new', 'nobody'].map((patient) => ({ patient, filter: {}, window: FIRST })),
        call,
      ),
      connector.read.Patient(wanted('new'), call),
    ]);
    expect(urls().filter((url) => url.startsWith('/Appointment'))).toHaveLength(1);
  });

  it('does not outwait an operation that was given up', async () => {
    const { connector, call } = await start('GENERIC_FHIR', ({ url }) =>
      url.startsWith('/Patient') ? { body: merged } : { body: bundle([]) },
    );
    const signal = AbortSignal.abort();
    const reading = connector.read.Patient(wanted('old'), call);
    const given = connector.patientAppointments([list('old', {})], { ...call, signal });
    await expect(Promise.all([reading, given])).resolves.toHaveLength(2);
  });
});

describe('a merged patient among the results of a search', () => {
  it('is left to be read, since the data are the survivor’s', async () => {
    const { connector, call } = await start('GENERIC_FHIR', () => ({
      body: bundle([{ resource: { ...merged, name: [{ family: 'Rivera' }] } }]),
    }));
    const { items } = await connector.searchPatients({ lastName: 'Rivera' }, FIRST, call);
    expect(items).toMatchObject([{ record: { key: 'old' }, covers: new Set() }]);
  });
});
