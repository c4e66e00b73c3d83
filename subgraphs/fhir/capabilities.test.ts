import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../schema/commands.ts';
import type { Vendor } from '../../schema/enums.ts';
import { capabilitiesOf } from './capabilities.ts';
import { closeAll, DAY, FIRST, list, start, wanted } from './fixtures/server.ts';
import { PROFILES } from './profile.ts';

afterEach(closeAll);

describe('ids that no server can have', () => {
  it('puts none of them into a search', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    const none = [{ items: [], hasNextPage: false, totalCount: 0 }];
    for (const patient of ['1,2', '../1', '1&_count=1000', '']) {
      expect(await connector.patientAppointments([list(patient, {})], call)).toEqual(none);
      expect(await connector.patientObservations([list(patient, {})], call)).toEqual(none);
      expect(await connector.patientClaims([list(patient, {})], call)).toEqual(none);
      expect(await connector.coverages([patient], call)).toEqual([null]);
      expect(await connector.searchAppointments({ ...DAY, practitioners: [patient] }, FIRST, call)).toMatchObject(
        none[0] ?? {},
      );
      expect(await connector.slots({ ...DAY, locations: [patient] }, call)).toEqual([]);
    }
    expect(urls()).toEqual([]);
  });
});

const READS: ReadonlySet<string> = new Set(['READ', 'SEARCH', 'SLOTS', 'CHANGES']);

describe('capabilities', () => {
  it.each(Object.entries(PROFILES))('says of %s what the connector does', async (vendor, profile) => {
    const { connector, call } = await start(vendor as Vendor);
    const levelOf = (type: string, capability: string) =>
      capabilitiesOf(profile).find((row) => row.type === type && row.capability === capability)?.level;
    const tried = async (work: Promise<unknown>): Promise<string> => {
      const answer = await work
        .then((value) => (Array.isArray(value) ? value[0] : value))
        .catch((thrown: unknown) => thrown);
      return (answer as { code?: string } | null)?.code === 'UNSUPPORTED_BY_VENDOR' ? 'UNSUPPORTED' : 'SUPPORTED';
    };
    const expected = (type: string, capability: string) =>
      levelOf(type, capability) === 'UNSUPPORTED' ? 'UNSUPPORTED' : 'SUPPORTED';
    for (const type of ['Patient', 'Appointment', 'Observation', 'Claim', 'Practitioner', 'Location', 'Slot'] as const)
      expect([type, await tried(connector.read[type](wanted('1') as never, call))]).toEqual([
        type,
        expected(type, 'READ'),
      ]);
    const who = { ...DAY, practitioners: ['1'], type: 'x' };
    expect(await tried(connector.searchAppointments(who, FIRST, call))).toBe(expected('Appointment', 'SEARCH'));
    expect(await tried(connector.searchClaims({}, FIRST, call))).toBe(expected('Claim', 'SEARCH'));
    expect(await tried(connector.practitioners(FIRST, call))).toBe(expected('Practitioner', 'SEARCH'));
    expect(await tried(connector.locations(call))).toBe(expected('Location', 'SEARCH'));
    expect(await tried(connector.slots(who, call))).toBe(expected('Slot', 'SLOTS'));
  });

  it.each(Object.entries(PROFILES))('says of %s what can be written', async (vendor, profile) => {
    const { connector } = await start(vendor as Vendor);
    const told = capabilitiesOf(profile).filter(({ capability }) => !READS.has(capability));
    const offered = told.flatMap(({ type, capability, level }) =>
      level === 'UNSUPPORTED' ? [] : [`${type} ${capability}`],
    );
    expect(connector.capabilities).toEqual(capabilitiesOf(profile));
    const rows = Object.entries(COMMANDS).map(([kind, row]) => [kind, `${row.type} ${row.capability}`] as const);
    expect(Object.keys(connector.writers).sort()).toEqual(
      rows.flatMap(([kind, row]) => (offered.includes(row) ? kind : [])).sort(),
    );
    expect(new Set(told.map(({ type, capability }) => `${type} ${capability}`))).toEqual(
      new Set([...rows.map(([, row]) => row), 'Observation UPDATE']),
    );
  });

  it.each(Object.entries(PROFILES))('says of %s whose changes are told', async (vendor, profile) => {
    const { connector } = await start(vendor as Vendor);
    const told = capabilitiesOf(profile).filter(({ capability }) => capability === 'CHANGES');
    expect(told.map(({ type }) => type)).toEqual(['Patient', 'Appointment', 'Observation', 'Claim']);
    const offered = told.flatMap(({ type, level }) => (level === 'UNSUPPORTED' ? [] : [type as string]));
    const feeds = (connector.feeds ?? []).map(({ name }) => name);
    expect(feeds).toEqual([...offered, ...(offered.includes('Claim') ? ['ExplanationOfBenefit'] : [])]);
  });

  it('says why, wherever something is missing or built from other calls', () => {
    for (const profile of Object.values(PROFILES))
      for (const row of capabilitiesOf(profile)) if (row.level !== 'NATIVE') expect(row.note).toMatch(/\.$/);
  });
});
