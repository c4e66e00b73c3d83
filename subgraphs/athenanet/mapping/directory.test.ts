import { describe, expect, it } from 'vitest';
import { DepartmentPayload, ProviderPayload } from '../payload/directory.ts';
import { InsurancePayload } from '../payload/patient.ts';
import { toCoverage, toLocation, toPractitioner, toZone } from './directory.ts';

describe('a provider', () => {
  it.each([
    { row: { npi: 1000000001 }, npi: '1000000001' },
    { row: { npi: '' }, npi: null },
    { row: { npi: '12345' }, npi: null },
  ])('with $row has the NPI $npi', ({ row, npi }) => {
    expect(toPractitioner(ProviderPayload.parse({ providerid: 71, ...row })).npi).toBe(npi);
  });

  it('has its name, specialty and type', () => {
    const row = {
      providerid: 71,
      firstname: 'Nora',
      lastname: 'Fielding',
      displayname: 'Nora Fielding, MD',
      specialty: 'Family Medicine',
      providertype: 'MD',
      billable: 'true',
    };
    expect(toPractitioner(ProviderPayload.parse(row))).toMatchObject({
      key: '71',
      name: { given: ['Nora'], family: 'Fielding', text: 'Nora Fielding, MD' },
      own: { specialty: 'Family Medicine', providerType: 'MD', billable: true },
    });
  });

  it('without a name has none', () => {
    expect(toPractitioner(ProviderPayload.parse({ providerid: 71 })).name).toBeNull();
  });
});

describe('a department', () => {
  it('is a location in its zone', () => {
    const row = {
      departmentid: '1',
      name: 'MAIN ST (HUB)',
      patientdepartmentname: 'Main Street Office',
      address: '1 Sample Plaza',
      phone: '(555) 555-0201',
      chartsharinggroupid: '42',
    };
    expect(toLocation(DepartmentPayload.parse(row), 'America/New_York')).toMatchObject({
      key: '1',
      name: 'Main Street Office',
      timeZone: 'America/New_York',
      own: {
        internalName: 'MAIN ST (HUB)',
        address: { line1: '1 Sample Plaza' },
        phone: '+15555550201',
        chartSharingGroupId: '42',
      },
    });
  });

  it.each([
    { name: 'US/Eastern', zone: 'America/New_York' },
    { name: 'US/Arizona', zone: 'America/Phoenix' },
    { name: 'US/Hawaii', zone: 'Pacific/Honolulu' },
    { name: 'America/Puerto_Rico', zone: 'America/Puerto_Rico' },
    { name: 'Mars/Olympus', zone: undefined },
  ])('of $name is in $zone', ({ name, zone }) => {
    expect(toZone(name)).toBe(zone);
  });
});

describe('an insurance', () => {
  it('is a coverage', () => {
    const row = {
      insuranceid: '8201',
      insuranceplanname: 'SAMPLE HEALTH PPO',
      insuranceplandisplayname: 'Sample Health PPO',
      insuranceidnumber: 'SAMPLE0001',
      policynumber: 'GRP-TEST-1',
      insurancepolicyholder: 'AVERY LARKSPUR',
      insurancepolicyholderfirstname: 'AVERY',
      insurancepolicyholderlastname: 'LARKSPUR',
      relationshiptoinsured: 'Self',
      issuedate: '01/01/2025',
      expirationdate: '12/31/2025',
    };
    expect(toCoverage(InsurancePayload.parse(row), 'America/New_York')).toEqual({
      payer: 'Sample Health PPO',
      memberId: 'SAMPLE0001',
      groupNumber: 'GRP-TEST-1',
      subscriber: 'LARKSPUR, AVERY',
      relationship: 'Self',
      period: { start: '2025-01-01T05:00:00Z', end: '2026-01-01T04:59:59.999Z' },
    });
  });

  it.each([
    { row: { insuranceplanname: 'PLAN' }, coverage: { payer: 'PLAN', period: null, subscriber: null } },
    { row: { ircname: 'Payer' }, coverage: { payer: 'Payer' } },
    { row: { insurancepolicyholder: 'AVERY LARKSPUR' }, coverage: { subscriber: 'AVERY LARKSPUR' } },
    { row: { issuedate: '01/01/2025' }, coverage: { period: { start: '2025-01-01T05:00:00Z', end: null } } },
  ])('with $row has $coverage', ({ row, coverage }) => {
    expect(toCoverage(InsurancePayload.parse(row), 'America/New_York')).toMatchObject(coverage);
  });
});
