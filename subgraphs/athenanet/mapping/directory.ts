import type { Mapped } from '../../../schema/records.ts';
import type { Address, Coverage } from '../../../schema/values.ts';
import { toE164 } from '../../vendor/phone.ts';
import { dayPeriod, fromUsDate, isTimeZone } from '../../vendor/time.ts';
import type { DepartmentPayload, ProviderPayload } from '../payload/directory.ts';
import type { InsurancePayload } from '../payload/patient.ts';

/** Older names of zones, links in the IANA database, by the names that everybody else in the graph uses. */
const ZONES: Readonly<Record<string, string>> = {
  'US/Alaska': 'America/Anchorage',
  'US/Aleutian': 'America/Adak',
  'US/Arizona': 'America/Phoenix',
  'US/Central': 'America/Chicago',
  'US/East-Indiana': 'America/Indiana/Indianapolis',
  'US/Eastern': 'America/New_York',
  'US/Hawaii': 'Pacific/Honolulu',
  'US/Indiana-Starke': 'America/Indiana/Knox',
  'US/Michigan': 'America/Detroit',
  'US/Mountain': 'America/Denver',
  'US/Pacific': 'America/Los_Angeles',
  'US/Samoa': 'Pacific/Pago_Pago',
};

/** A department's `timezonename` as its IANA zone; `undefined` for a name that is none. */
export const toZone = (name: string): string | undefined => {
  const zone = ZONES[name] ?? name;
  return isTimeZone(zone) ? zone : undefined;
};

const NPI = /^\d{10}$/;

export const toPractitioner = (row: ProviderPayload): Mapped<'Practitioner'> => ({
  key: row.providerid,
  externalId: row.providerid,
  npi: NPI.test(row.npi ?? '') ? (row.npi ?? null) : null,
  name:
    row.firstname === undefined && row.lastname === undefined && row.displayname === undefined
      ? null
      : {
          given: row.firstname === undefined ? [] : [row.firstname],
          family: row.lastname ?? null,
          text: row.displayname ?? null,
        },
  own: {
    specialty: row.specialty,
    providerType: row.providertype ?? row.providertypeid,
    acceptingNewPatients: row.acceptingnewpatients,
    billable: row.billable,
  },
});

/** `zone` is the department's, or the source's where the department names none. */
export const toLocation = (row: DepartmentPayload, zone: string): Mapped<'Location'> => ({
  key: row.departmentid,
  externalId: row.departmentid,
  name: row.patientdepartmentname ?? row.name ?? null,
  timeZone: zone,
  own: {
    internalName: row.name,
    address: toAddress(row),
    phone: toE164(row.phone),
    fax: toE164(row.fax),
    providerGroup: row.providergroupname,
    chartSharingGroupId: row.chartsharinggroupid,
  },
});

const toAddress = (row: DepartmentPayload): Address | undefined => {
  const address = {
    line1: row.address ?? null,
    line2: row.address2 ?? null,
    city: row.city ?? null,
    state: row.state ?? null,
    postalCode: row.zip ?? null,
  };
  return Object.values(address).every((part) => part === null) ? undefined : address;
};

export const toCoverage = (row: InsurancePayload, zone: string): Coverage => ({
  payer: payerName(row) ?? null,
  memberId: row.insuranceidnumber ?? null,
  groupNumber: row.policynumber ?? null,
  subscriber: toSubscriber(row) ?? null,
  relationship: row.relationshiptoinsured ?? null,
  period: toPeriod(row, zone),
});

export const payerName = (row: InsurancePayload): string | undefined =>
  row.insuranceplandisplayname ?? row.insuranceplanname ?? row.ircname;

const toSubscriber = (row: InsurancePayload): string | undefined => {
  const { insurancepolicyholderfirstname: first, insurancepolicyholderlastname: last } = row;
  return last !== undefined && first !== undefined ? `${last}, ${first}` : (row.insurancepolicyholder ?? last ?? first);
};

/** From the first moment of the day of issue to the last of the day of expiry. */
const toPeriod = (row: InsurancePayload, zone: string): Coverage['period'] => {
  const start = fromUsDate(row.issuedate);
  const end = fromUsDate(row.expirationdate);
  if (start === undefined && end === undefined) return null;
  return {
    start: start === undefined ? null : dayPeriod(start, zone).start,
    end: end === undefined ? null : dayPeriod(end, zone).end,
  };
};
