import type { Location, Practitioner } from '../practice.ts';
import { zoneName } from './clock.ts';
import { isAmong } from './compare.ts';
import { page } from './paging.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

const national = (phone: string): string => phone.replace(/^\D*1?\D*(\d{3})\D*(\d{3})\D*(\d{4})\D*$/, '($1) $2-$3');

/** Hours from UTC in the department's standard time and now; the sheet's reading of the two numbers. [assumption] */
const zoneColumns = ({ clock, now }: World, zone: string) => {
  const year = new Date(now).getUTCFullYear();
  const [january, july] = [0, 6].map((month) => clock.offset(Date.UTC(year, month, 1), zone)) as [number, number];
  return {
    timezone: clock.offset(now, zone),
    timezoneoffset: Math.min(january, july),
    timezonename: zoneName(zone),
    doesnotobservedst: january === july,
  };
};

const homeProviders = ({ practice }: World, locationId: number): readonly number[] =>
  practice.practitioners.filter((person) => person.locationId === locationId).map(({ id }) => id);

const workingProviders = (world: World, locationId: number): readonly number[] => {
  const there = [...world.appointments, ...world.practice.slots].filter((item) => item.locationId === locationId);
  const ids = there.flatMap(({ practitionerId }) => practitionerId ?? []);
  return [...new Set([...homeProviders(world, locationId), ...ids])].toSorted((one, other) => one - other);
};

const providersAsked = ({ world, sent }: Call, locationId: number): readonly string[] | undefined => {
  if (sent.flag('fullproviderlist')) return workingProviders(world, locationId).map(String);
  return sent.flag('providerlist') ? homeProviders(world, locationId).map(String) : undefined;
};

const departmentRow = (call: Call, { id, name, timeZone, phone, address }: Location) => ({
  departmentid: String(id),
  name,
  patientdepartmentname: name,
  address: address.line1,
  address2: address.line2,
  city: address.city,
  state: address.state,
  zip: address.postalCode,
  phone: national(phone),
  ...zoneColumns(call.world, timeZone),
  clinicals: 'ON',
  servicedepartment: true,
  placeofservicefacility: false,
  placeofservicetypeid: '11',
  placeofservicetypename: 'OFFICE',
  providergroupid: '1',
  providergroupname: call.world.practice.name,
  chartsharinggroupid: call.world.setting.chartSharingGroup(id),
  ishospitaldepartment: false,
  providerlist: providersAsked(call, id),
});

/** The guide's `departmentid` and `providerid` narrow; the platform does not know them here. [assumption] */
const narrowed = ({ sent, dialect }: Call, name: string): ReadonlySet<number> | undefined =>
  dialect === 'platform' ? undefined : sent.ids(name);

const departments = (call: Call) => {
  const { world, sent } = call;
  const asked = narrowed(call, 'departmentid');
  const rows = world.practice.locations.filter(
    ({ id }) =>
      (sent.flag('showalldepartments') || !world.setting.hiddenDepartments.has(id)) &&
      !sent.flag('hospitalonly') &&
      isAmong(asked, id),
  );
  return page(call, 'departments', rows, (location) => departmentRow(call, location));
};

const department = (call: Call) => {
  const location = call.world.location(call.id('id'));
  if (location === undefined) throw notFound('department');
  return [departmentRow(call, location)];
};

const PROVIDER_TYPES: Readonly<Record<string, string>> = {
  NP: 'NURSE PRACTITIONER',
  PA: 'PHYSICIAN ASSISTANT',
  RN: 'REGISTERED NURSE',
};

/** Seen as `"008"` and as `8`. [public: go, dotnet] */
const specialtyId = ({ practice }: World, { id, specialty }: Practitioner): string | number => {
  const known = [...new Set(practice.practitioners.map((person) => person.specialty))];
  const number = known.indexOf(specialty) + 1;
  return id % 2 === 0 ? number : String(number).padStart(3, '0');
};

/** A provider as every call gives one. */
export const providerRow = (world: World, person: Practitioner) => ({
  providerid: person.id,
  firstname: person.first,
  lastname: person.last,
  displayname: `${person.first} ${person.last}, ${person.credentials}`,
  schedulingname: `${person.last}_${person.first}`,
  providertypeid: person.credentials,
  providertype: PROVIDER_TYPES[person.credentials] ?? person.credentials,
  specialty: person.specialty,
  specialtyid: specialtyId(world, person),
  npi: Number(person.npi),
  sex: person.sex === 'M' || person.sex === 'F' ? person.sex : undefined,
  entitytype: 'Person',
  billable: true,
  hideinportal: false,
  acceptingnewpatients: true,
  createencounteroncheckin: true,
  homedepartment: world.location(person.locationId)?.name,
  providerusername: person.username,
  providergrouplist: ['1'],
});

const providers = (call: Call) => {
  const { world, sent } = call;
  const asked = narrowed(call, 'providerid');
  const at = narrowed(call, 'departmentid');
  const type = sent.text('providertype');
  const rows = world.practice.practitioners.filter(
    ({ id, credentials, locationId }) =>
      (type === undefined || type === credentials) && isAmong(asked, id) && isAmong(at, locationId),
  );
  return page(call, 'providers', rows, (person) => providerRow(world, person));
};

const provider = ({ world, id }: Call) => {
  const person = world.practitioner(id('id'));
  if (person === undefined) throw notFound('provider');
  return [providerRow(world, person)];
};

const practiceInfo = (call: Call) => {
  const { practice, setting } = call.world;
  return page(call, 'practiceinfo', [practice], ({ name }) => ({
    practiceid: setting.practiceId,
    name,
    hasclinicals: true,
    hascollector: true,
    hascommunicator: true,
    iscoordinatorsender: false,
    iscoordinatorreceiver: false,
    publicnames: [name],
  }));
};

/** The practice itself, its departments and its providers. */
export const directoryRoutes: readonly Route[] = [
  { method: 'GET', path: '/ping', handle: () => ({ pong: 'true' }) },
  { method: 'GET', path: '/practiceinfo', handle: practiceInfo },
  { method: 'GET', path: '/departments', handle: departments },
  { method: 'GET', path: '/departments/{id}', handle: department },
  { method: 'GET', path: '/providers', handle: providers },
  { method: 'GET', path: '/providers/{id}', handle: provider },
];
