import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, pick } from './caller.ts';

let touchworks: Bench;
let professional: Bench;
beforeAll(async () => {
  touchworks = await openBench();
  professional = await openBench({ product: 'professional' });
});
afterAll(async () => {
  await touchworks.simulator.close();
  await professional.simulator.close();
});

describe('providers', () => {
  it('keep the padding of codes', async () => {
    const [row] = await touchworks.rows('GetProviders');
    expect(pick(row, ['personid', 'Username', 'EntryCode', 'DefaultSiteCode', 'SecSpecialty'])).toEqual([
      ...['3', 'omarchbanks', 'MARCHBANKS3     ', '001       ', ' '],
    ]);
  });

  it.each([
    [{ Parameter2: 'tam' }, ['4']],
    [{ Parameter2: 'march' }, ['3', '4']],
    [{ Parameter4: 'E' }, []],
  ])('are filtered by %j', async (fields, ids) => {
    expect(column(await touchworks.rows('GetProviders', fields), 'personid')).toEqual(ids);
  });

  it.each([
    [{ Parameter1: '4' }, '1000000020'],
    [{ Parameter2: 'OMARCHBANKS' }, '1000000012'],
  ])('are found by %j, in one table or in two', async (fields, npi) => {
    const one = await touchworks.tables('GetProvider', fields);
    const two = await professional.tables('GetProvider', fields);
    expect([one.length, one[0]?.[0]?.NPI]).toEqual([1, npi]);
    expect([two.length, two[0]?.[0]?.NPI, two[1]?.[0]?.NPI]).toEqual([2, undefined, npi]);
  });

  it('are not found by nothing', async () => {
    expect(await touchworks.rows('GetProvider')).toEqual([]);
  });
});

describe('dictionaries', () => {
  it('are listed, found in any case, and empty when unknown', async () => {
    const names = column(await touchworks.rows('GetListOfDictionaries'), 'TableName');
    expect(names).toEqual(['Document_Type_DE', 'Encounter_Type_DE', 'Security_Code_DE']);
    expect((await touchworks.rows('GetDictionary', { Parameter1: 'document_type_de' }))[0]).toEqual({
      ID: '1',
      EntryCode: 'sEKG',
      EntryName: 'EKG',
      EntryMnemonic: 'EKG',
      IsInactiveFLAG: 'N',
    });
    expect(await touchworks.rows('GetDictionary', { Parameter1: 'Other' })).toEqual([]);
  });
});

describe('GetServerInfo', () => {
  it('names the zone as Windows does, and its offset', async () => {
    expect(await professional.rows('GetServerInfo')).toEqual([
      {
        ServerTimeZone: 'Eastern Standard Time',
        ServerTime: '2025-06-12T12:00:00',
        ServerDateTimeOffset: '2025-06-12T12:00:00.0000000-04:00',
        System: 'Professional EHR',
        ProductVersion: '24.1.0.0',
        uaibornondate: '01/15/2025',
      },
    ]);
  });
});

describe('the look-ups of Practice Management', () => {
  it.each([
    ['GetResources', 'Resource_ID', ['503', '504']],
    ['GetResources', 'Practitioner_ID', ['3', '4']],
    ['GetResources', 'Abbreviation', ['MARCHBANKS3', 'MARCHBANKS4']],
    ['GetPractitioners', 'Provider_NPI', ['1000000012', '1000000020']],
    ['GetPractitioners', 'Is_Physician', ['Y', 'N']],
    ['GetSchedulingLocations', 'Scheduling_Location_ID', ['1', '2']],
    ['GetSchedulingLocations', 'Location_Phone', ['(518)555-0100', '(312)555-0100']],
    ['GetAppointmentTypes', 'Description', ['Office Visit', 'New Patient', 'Flu Shot']],
  ])('%s tells %s', async (action, name, values) => {
    expect(column(await touchworks.rows(action), name)).toEqual(values);
  });
});
