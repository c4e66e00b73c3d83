import type { Location, Practitioner } from '../practice.ts';
import type { VisitType } from './catalogue.ts';
import { type Spec, spelt, type Table, table } from './dataset.ts';
import type { Action, Work } from './magic.ts';
import { ehrPhone, lastFirst, pmPhone, type World } from './world.ts';

interface Profession {
  readonly name: string;
  readonly orderingAuthority: string;
}

const PHYSICIAN: Profession = { name: 'Physician', orderingAuthority: '8' };
const PROFESSIONS: Readonly<Record<string, Profession>> = {
  MD: PHYSICIAN,
  DO: PHYSICIAN,
  NP: { name: 'Nurse Practitioner', orderingAuthority: '4' },
  PA: { name: 'Physician Assistant', orderingAuthority: '4' },
};
const professionOf = ({ credentials }: Practitioner): Profession =>
  PROFESSIONS[credentials] ?? { name: '', orderingAuthority: '0' };

/** The vendor's codes come out of columns of fixed width. */
const padded = (code: string, width: number): string => code.padEnd(width);

const TOUCHWORKS_PROVIDERS: Spec<Practitioner> = {
  personid: ({ id }) => String(id),
  Username: ({ username }) => username,
  UserType: () => 'User/Provider',
  LastName: ({ last }) => last,
  FirstName: ({ first }) => first,
  Middle: ({ middle }) => middle ?? '',
  Profession: (person) => professionOf(person).name,
  Credentials: ({ credentials }) => credentials,
  PrimSpecialty: ({ specialty }) => specialty,
  SecSpecialty: () => ' ',
  Security: () => '',
  DefaultSiteCode: ({ locationId }) => padded(String(locationId).padStart(3, '0'), 10),
  DefaultSiteName: ({ locationId }, world) => world.location(locationId)?.name ?? '',
  ProviderInactive: () => 'N',
  UserInactive: () => 'N',
  EntryCode: (person, world) => padded(world.abbreviation(person), 16),
  CanPrescribeFlag: () => 'Y',
  rxsupervisionrequired: () => 'N',
  supervisingdefaultID: () => '0',
  supervisingdefaultName: () => '',
  orderingauthority: (person) => professionOf(person).orderingAuthority,
};
const PROFESSIONAL_PROVIDERS = spelt(TOUCHWORKS_PROVIDERS, { Username: 'UserName' });

/** P2 a part of the name, P4 `E` for people outside the practice; the other filters change nothing here. */
const providers = ({ world, parameter }: Work): readonly Table[] => {
  const name = parameter(2).toLowerCase();
  const inside = parameter(4).toUpperCase() !== 'E';
  const found = world.practice.practitioners.filter(
    ({ last, first }) => inside && (last.toLowerCase().startsWith(name) || first.toLowerCase().startsWith(name)),
  );
  const columns = world.product === 'professional' ? PROFESSIONAL_PROVIDERS : TOUCHWORKS_PROVIDERS;
  return [table(world, columns, found, { personid: 'decimal', orderingauthority: 'int' })];
};

const PROVIDER_KEYS: Spec<Practitioner> = {
  ProviderID: ({ id }) => String(id),
  UserName: ({ username }) => username,
};

const site = ({ locationId }: Practitioner, world: World): Location | undefined => world.location(locationId);

const PROVIDER_DETAILS: Spec<Practitioner> = {
  EntryCode: (person, world) => world.abbreviation(person),
  LastName: ({ last }) => last,
  FirstName: ({ first }) => first,
  MiddleName: ({ middle }) => middle ?? '',
  SuffixName: ({ credentials }) => credentials,
  PrefixName: () => '',
  TitleName: () => '',
  EntryMneumonic: (person, world) => world.abbreviation(person),
  ProviderKeyEXT: () => '',
  NPI: ({ npi }) => npi,
  AddressLine1: (person, world) => site(person, world)?.address.line1 ?? '',
  AddressLine2: (person, world) => site(person, world)?.address.line2 ?? '',
  City: (person, world) => site(person, world)?.address.city ?? '',
  State: (person, world) => site(person, world)?.address.state ?? '',
  ZipCode: (person, world) => site(person, world)?.address.postalCode ?? '',
  Phone: (person, world) => ehrPhone(site(person, world)?.phone) ?? '',
  Fax: () => '',
  Specialty: ({ specialty }) => specialty,
  ProviderIsInactiveFLAG: () => 'N',
  ExpirationDT: () => '',
  DEANumber: () => '',
};

/** P1 the id, or P2 the login name. Professional EHR answers in two tables, TouchWorks in one. */
const provider = ({ world, parameter }: Work): readonly Table[] => {
  const [id, username] = [parameter(1), parameter(2).toLowerCase()];
  const found = world.practice.practitioners.filter((person) =>
    id === '' ? person.username.toLowerCase() === username : String(person.id) === id,
  );
  return world.product === 'professional'
    ? [table(world, PROVIDER_KEYS, found), table(world, PROVIDER_DETAILS, found)]
    : [table(world, { ...PROVIDER_KEYS, ...PROVIDER_DETAILS }, found)];
};

const PRACTITIONERS: Spec<Practitioner> = {
  Practitioner_ID: ({ id }) => String(id),
  Abbreviation: (person, world) => world.abbreviation(person),
  Provider_NPI: ({ npi }) => npi,
  FullName: lastFirst,
  Last_Name: ({ last }) => last,
  First_Name: ({ first }) => first,
  Middle_Initial: ({ middle }) => middle?.slice(0, 1),
  Suffix: ({ credentials }) => credentials,
  Sex: ({ sex }) => sex,
  Specialty: ({ specialty }) => specialty,
  Is_Physician: (person) => (professionOf(person) === PHYSICIAN ? 'Y' : 'N'),
  Is_Mid_Level: (person) => (professionOf(person).orderingAuthority === '4' ? 'Y' : 'N'),
  Is_Org_Member: () => 'Y',
  Street1: (person, world) => site(person, world)?.address.line1,
  Street2: (person, world) => site(person, world)?.address.line2,
  City: (person, world) => site(person, world)?.address.city,
  State: (person, world) => site(person, world)?.address.state,
  Zip_Code: (person, world) => site(person, world)?.address.postalCode,
  Phone: (person, world) => pmPhone(site(person, world)?.phone),
  Email_Address: () => undefined,
  Inactivation_Date: () => undefined,
};

/** What is booked in Practice Management is a resource, numbered apart from the person behind it. */
export const resourceId = (practitionerId: number): string => String(practitionerId + 500);

const RESOURCES: Spec<Practitioner> = {
  Resource_ID: ({ id }) => resourceId(id),
  Abbreviation: (person, world) => world.abbreviation(person),
  Description: lastFirst,
  Practitioner_ID: ({ id }) => String(id),
  Resource_Type: () => 'Practitioner',
  Appointment_Group_ID: () => '1',
};

/** Short name of a place: `MAIN`, with the id because places may begin alike. */
export const locationAbbreviation = ({ id, name }: Location): string =>
  `${name
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .slice(0, 8)}${id}`;

const LOCATIONS: Spec<Location> = {
  Scheduling_Location_ID: ({ id }) => String(id),
  Abbreviation: locationAbbreviation,
  Description: ({ name }) => name,
  Location_ID: ({ id }) => String(id),
  Location_Abbreviation: locationAbbreviation,
  Location_Name: ({ name }) => name,
  Location_Description: ({ name }) => name,
  Location_Street1: ({ address }) => address.line1,
  Location_Street2: ({ address }) => address.line2,
  Location_City: ({ address }) => address.city,
  Location_State: ({ address }) => address.state,
  Location_Zip: ({ address }) => address.postalCode,
  Location_Phone: ({ phone }) => pmPhone(phone),
  Location_Phone_Ext: () => undefined,
  Location_Fax: () => undefined,
  Location_Email: () => undefined,
};

/** The one scheduling department of the practice. */
export const DEPARTMENT = '1';

/** `OV` of `Office Visit`. */
export const typeAbbreviation = (name: string): string =>
  name
    .split(/[^A-Za-z]+/)
    .map((word) => word.slice(0, 1))
    .join('')
    .toUpperCase();

const TYPES: Spec<VisitType> = {
  Appointment_Type_ID: ({ id }) => String(id),
  Abbreviation: ({ name }) => typeAbbreviation(name),
  Description: ({ name }) => name,
};

export const STAFF_ACTIONS: readonly Action[] = [
  { name: 'GetProviders', needs: 'bound token', run: providers },
  { name: 'GetProvider', run: provider },
  {
    name: 'GetPractitioners',
    run: ({ world }) => [table(world, PRACTITIONERS, world.practice.practitioners)],
  },
  {
    name: 'GetResources',
    run: ({ world }) => [table(world, RESOURCES, world.practice.practitioners)],
  },
  {
    name: 'GetSchedulingLocations',
    run: ({ world, parameter }) => [
      table(world, LOCATIONS, ['', DEPARTMENT].includes(parameter(2)) ? world.practice.locations : []),
    ],
  },
  {
    name: 'GetAppointmentTypes',
    run: ({ world }) => [table(world, TYPES, world.catalogue.types())],
  },
];
