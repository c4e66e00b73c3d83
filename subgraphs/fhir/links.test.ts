import { afterEach, describe, expect, it } from 'vitest';
import type { Vendor } from '../../schema/enums.ts';
import { bundle, closeAll, DAY, start } from './fixtures/server.ts';
import { wantsLink } from './links.ts';

afterEach(closeAll);

const asked = (key: string, ...fields: readonly string[]) => ({ key, fields: new Set(fields) });
const participant = ['Patient/1', 'Practitioner/p', 'Location/l'].map((reference) => ({ actor: { reference } }));
const visit = { resourceType: 'Appointment', id: 'a', status: 'booked', start: '2026-12-01T15:00:00Z', participant };
const along = (resourceType: string, id: string, more: object = {}) => ({
  resource: { resourceType, id, ...more },
  mode: 'include',
});

describe('wantsLink', () => {
  it.each([
    [undefined, true],
    [[], false],
    [['start'], false],
    [['patient'], true],
    [['patient', 'patient.id', 'patient.__typename'], false],
    [['patient', 'patient.id', 'patient.lastName'], true],
    [['practitioner', 'practitioner.name'], false],
  ])('says of the selection %j whether the patient is wanted', (fields, wanted) => {
    expect(wantsLink(fields === undefined ? undefined : new Set(fields), 'patient')).toBe(wanted);
  });
});

describe('an appointment by id', () => {
  it.each<[Vendor, readonly string[], readonly string[]]>([
    ['GENERIC_FHIR', ['start'], ['/Appointment/a']],
    ['GENERIC_FHIR', ['patient', 'patient.id'], ['/Appointment/a']],
    ['GENERIC_FHIR', ['start', 'patient'], ['/Appointment?_id=a&_count=1&_include=Appointment:patient']],
    [
      'GENERIC_FHIR',
      ['patient', 'practitioner', 'location'],
      [
        '/Appointment?_id=a&_count=1&_include=Appointment:patient&_include=Appointment:practitioner&_include=Appointment:location',
      ],
    ],
    ['EPIC', ['patient', 'location'], ['/Appointment?_id=a&_count=1&_include=Appointment:actor']],
    ['MEDITECH', ['patient'], ['/Appointment?_id=a&_count=1&_include=Appointment:patient']],
    ['CERNER', ['patient', 'location'], ['/Appointment/a']],
  ])('is asked for at %s with what is selected of it: %j', async (vendor, fields, expected) => {
    const { connector, call, urls } = await start(vendor, ({ query }) => ({
      body: query.has('_id') ? bundle([{ resource: visit }]) : visit,
    }));
    const found = await connector.read.Appointment([asked('a', ...fields)], call);
    expect(found).toMatchObject([{ record: { key: 'a', patientKey: '1' }, covers: 'all' }]);
    expect(urls()).toEqual(expected);
  });

  it('tells whole whom it brings along', async () => {
    const { connector, call } = await start('GENERIC_FHIR', () => ({
      body: bundle([{ resource: visit }, along('Patient', '1', { gender: 'female' }), along('Location', 'l')]),
    }));
    const [found] = await connector.read.Appointment([asked('a', 'patient', 'location')], call);
    expect(found).toMatchObject({
      related: [
        { type: 'Patient', record: { key: '1', gender: 'FEMALE' }, covers: 'all' },
        { type: 'Location', record: { key: 'l' }, covers: 'all' },
      ],
    });
  });

  it.each([
    ['is merged into another', along('Patient', '1', { active: false, link: [replacedBy('2')] })],
    ['is told in part', along('Patient', '1', { meta: { tag: [{ code: 'SUBSETTED' }] } })],
    ['cannot be read', along('Patient', '1', { gender: 7 })],
  ])('leaves a patient who %s to be asked for', async (_what, patient) => {
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: bundle([{ resource: visit }, patient]) }));
    const [found] = await connector.read.Appointment([asked('a', 'patient')], call);
    expect(found).toMatchObject({ record: { key: 'a' } });
    expect(found).not.toHaveProperty('related');
  });

  it.each([
    ['another server', 'https://elsewhere.example.org/r4', false],
    ['this server', undefined, true],
    ['this server by the name that it goes by itself', 'http://inside.example.org/r4', true],
  ])('tells of a patient of %s only what is of this one', async (_what, server, told) => {
    const { connector, call } = await start('GENERIC_FHIR', (_asked, base) => {
      const entry = (
        one: { readonly resource: { readonly resourceType: string; readonly id: string } },
        at: string,
      ) => ({
        fullUrl: `${at}/${one.resource.resourceType}/${one.resource.id}`,
        search: { mode: 'match' },
        ...one,
      });
      const own = server?.includes('inside') === true ? server : base;
      const patient = { ...along('Patient', '1'), search: { mode: 'include' } };
      return {
        body: { resourceType: 'Bundle', entry: [entry({ resource: visit }, own), entry(patient, server ?? own)] },
      };
    });
    const [found] = await connector.read.Appointment([asked('a', 'patient')], call);
    expect((found as { related?: readonly unknown[] }).related ?? []).toHaveLength(told ? 1 : 0);
  });

  it('that is not there costs one call at a server that takes one id for sure', async () => {
    const { connector, call, urls } = await start('EPIC');
    expect(await connector.read.Appointment([asked('a', 'patient')], call)).toEqual([null]);
    expect(urls()).toHaveLength(1);
  });
});

function replacedBy(id: string): object {
  return { type: 'replaced-by', other: { reference: `Patient/${id}` } };
}

describe('a server that refuses to bring anything along', () => {
  it('is asked without, and from then on not with', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ url }) =>
      url.includes('_include') ? { status: 400 } : { body: bundle([{ resource: visit }]) },
    );
    const search = () => connector.searchAppointments(DAY, { first: 5, fields: new Set(['patient']) }, call);
    expect(await search()).toMatchObject({ items: [{ record: { key: 'a' } }] });
    expect(await search()).toMatchObject({ items: [{ record: { key: 'a' } }] });
    expect(urls().map((url) => url.includes('_include'))).toEqual([true, false, false]);
  });

  it('is asked for decisions on claims by themselves', async () => {
    const claim = { resourceType: 'Claim', id: 'c', status: 'active', patient: { reference: 'Patient/1' } };
    const eob = { resourceType: 'ExplanationOfBenefit', id: 'e', status: 'active', outcome: 'queued' };
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ url }) => {
      if (url.includes('include')) return { status: 400 };
      const resource = url.startsWith('/Claim') ? claim : { ...eob, claim: { reference: 'Claim/c' } };
      return { body: bundle([{ resource }]) };
    });
    expect(await connector.read.Claim([asked('c', 'status')], call)).toMatchObject([
      { record: { status: 'ACCEPTED' } },
    ]);
    expect(urls()).toHaveLength(3);
  });

  it('that refuses the search for another reason fails with that', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({ status: 400 }));
    const search = () => connector.searchAppointments(DAY, { first: 5, fields: new Set(['patient']) }, call);
    await expect(search()).rejects.toMatchObject({ code: 'VENDOR_REJECTED' });
    await expect(search()).rejects.toMatchObject({ code: 'VENDOR_REJECTED' });
    expect(urls().map((url) => url.includes('_include'))).toEqual([true, false, true, false]);
  });
});
