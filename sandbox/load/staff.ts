import type { z } from 'zod';
import type { Address, Location, Practitioner } from '../practice.ts';
import { addressOf, tenDigits } from './contact.ts';
import { type Context, type Row, wordsOf } from './context.ts';
import { partsOf, sexOf, usualName } from './patients.ts';
import type * as shapes from './shapes.ts';

const NPI = 'http://hl7.org/fhir/sid/us-npi';

type LocationShape = z.infer<typeof shapes.location>;
type PractitionerShape = z.infer<typeof shapes.practitioner>;
type RoleShape = z.infer<typeof shapes.practitionerRole>;

const locationOf = ({ id, value }: Row<LocationShape>, number: number, { zone }: Context): Location => {
  const phone = value.telecom.find(({ system }) => system === 'phone')?.value;
  return {
    id: number,
    name: value.name ?? id,
    timeZone: zone,
    phone: phone === undefined ? '' : (tenDigits(phone) ?? phone),
    address: value.address === undefined ? {} : addressOf(value.address),
  };
};

/** The locations, and one for everybody when the files have none: the systems need a place for their people. */
export const locationsOf = (rows: readonly Row<LocationShape>[], context: Context): Location[] => {
  if (rows.length > 0) return rows.map((row, index) => locationOf(row, index + 1, context));
  context.tally.note('location was made up, since the files have none');
  return [{ id: 1, name: 'Main office', timeZone: context.zone, phone: '', address: {} }];
};

const plainLetters = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

/** Login names: first initial and family name, with a number for the second of the same. */
const logins = () => {
  const taken = new Map<string, number>();
  return (first: string, last: string): string => {
    const plain = `${plainLetters(first).slice(0, 1)}${plainLetters(last)}` || 'user';
    const before = taken.get(plain) ?? 0;
    taken.set(plain, before + 1);
    return before === 0 ? plain : `${plain}_${before + 1}`;
  };
};

const addressKey = (value: { readonly address: Address }): string =>
  JSON.stringify(Object.entries(value.address).sort());

/** Places by their address, where only one place has it. */
const placesByAddress = (locations: readonly Location[]): ReadonlyMap<string, number> =>
  new Map(
    [...Map.groupBy(locations, addressKey)].flatMap(([key, [only, ...others]]): [string, number][] =>
      only === undefined || others.length > 0 ? [] : [[key, only.id]],
    ),
  );

/** The practitioners; `seenAt` tells where somebody works when no role does, and then the own address. */
export const practitionersOf = (
  rows: readonly Row<PractitionerShape>[],
  roles: readonly Row<RoleShape>[],
  seenAt: ReadonlyMap<number, number>,
  locations: readonly Location[],
  { ids, tally }: Context,
): Practitioner[] => {
  const byPractitioner = Map.groupBy(
    roles.map(({ value }) => value),
    ({ practitioner }) => ids.find(practitioner, 'Practitioner'),
  );
  const byAddress = placesByAddress(locations);
  const login = logins();
  return rows.map(({ value }, index) => {
    const number = index + 1;
    const own = byPractitioner.get(number) ?? [];
    const [roleLocation] = own.flatMap(({ location }) => location.flatMap((at) => ids.find(at, 'Location') ?? []));
    const [sameAddress] = value.address.flatMap((one) => byAddress.get(addressKey({ address: addressOf(one) })) ?? []);
    const locationId = roleLocation ?? seenAt.get(number) ?? sameAddress;
    if (locationId === undefined)
      tally.note('practitioners have no place of work in the files: taken as the first one');
    const { suffix: _, ...name } = partsOf(usualName(value.name));
    return {
      id: number,
      npi: value.identifier.find(({ system }) => system === NPI)?.value ?? '',
      ...name,
      credentials: value.qualification.map(({ code }) => wordsOf(code) ?? '').join(', '),
      specialty: own.flatMap(({ specialty }) => specialty.flatMap((one) => wordsOf(one) ?? []))[0] ?? '',
      sex: sexOf(value.gender) ?? 'U',
      username: login(name.first, name.last),
      locationId: locationId ?? locations[0]?.id ?? 1,
    };
  });
};
