import type { Patient } from '@medplum/fhirtypes';
import type { PatientFields } from '../../../schema/commands.ts';
import { concept, SYSTEM } from '../../vendor/concept.ts';
import { Address, ContactPoint, type FhirContactPoint, HumanName } from '../elements.ts';
import type { Element } from '../writes/wire.ts';
import type { MappingContext } from './context.ts';
import { fromPatient, OMB_CATEGORIES, type PatientDetails, US_CORE_ETHNICITY, US_CORE_RACE } from './patient.ts';
import { chooseAddress, chooseName, emailsOf, phonesFor, toFullName } from './person.ts';

type Field = keyof PatientFields;

/** Answers of persons who do not tell (US Core: OMB categories and these). */
const UNTOLD: Readonly<Record<string, string>> = { ASKU: 'Asked but no answer', UNK: 'Unknown' };

const cdc = (code: string) =>
  Object.hasOwn(UNTOLD, code)
    ? concept(SYSTEM.nullFlavor, code, UNTOLD[code])
    : concept(SYSTEM.cdcRaceEthnicity, code, OMB_CATEGORIES[code]);

const toDetails = ({ address, preferredLanguage, race, ethnicity, ...plain }: PatientFields): PatientDetails => ({
  ...plain,
  ...(address === undefined ? {} : { address }),
  ...(preferredLanguage === undefined ? {} : { preferredLanguage: concept(SYSTEM.bcp47, preferredLanguage) }),
  ...(race === undefined ? {} : { race: race.map(cdc) }),
  ...(ethnicity === undefined ? {} : { ethnicity: cdc(ethnicity) }),
});

/** A new patient of what a client gives. */
export const newPatient = (fields: PatientFields): Patient => fromPatient(toDetails(fields));

type Items = readonly Element[];
const itemsOf = (document: Element, name: string): Items => {
  const items = document[name];
  return Array.isArray(items) ? (items as Items) : [];
};

const leftOut = (element: Element, ...names: readonly string[]): Element =>
  Object.fromEntries(Object.entries(element).filter(([name]) => !names.includes(name)));

/** FHIR has no empty lists: without items the element is left out. */
const withItems = (document: Element, name: string, items: Items): Element =>
  items.length === 0 ? leftOut(document, name, `_${name}`) : { ...document, [name]: items };

const replaced = (items: Items, at: number, by: Items): Items => [...items.slice(0, at), ...by, ...items.slice(at + 1)];

/** Which item of a list a reader chooses; `-1`: none. The items are as they were written, `null` among them. */
const positionOf = <T>(
  items: Items,
  read: (item: Element) => T | undefined,
  choose: (all: readonly T[]) => T | undefined,
) => {
  const all = items.map((item) => (item === null ? undefined : read(item)));
  const chosen = choose(all.filter((one) => one !== undefined));
  return chosen === undefined ? -1 : all.indexOf(chosen);
};

interface Change {
  /** What the fields would be on a new patient. */
  readonly fresh: Element;
  readonly given: PatientFields;
  readonly cleared: ReadonlySet<Field>;
  readonly context: MappingContext;
}
type Edit = (document: Element, change: Change) => Element;

const touches = ({ given, cleared }: Change, ...fields: readonly Field[]): boolean =>
  fields.some((field) => given[field] !== undefined || cleared.has(field));

/** The name in use keeps its further given names, prefixes and so on; its text is written anew where there is one. */
const editName: Edit = (document, change) => {
  if (!touches(change, 'firstName', 'lastName')) return document;
  const { given, cleared, context } = change;
  const names = itemsOf(document, 'name');
  const at = positionOf(
    names,
    (item) => HumanName.safeParse(item).data,
    (all) => chooseName(all, context),
  );
  if (at < 0) return withItems(document, 'name', [...names, ...itemsOf(change.fresh, 'name')]);
  const before = names[at] ?? {};
  const further = Array.isArray(before.given) ? before.given.slice(1) : [];
  const after = {
    ...leftOut(
      before,
      ...(cleared.has('firstName') ? ['given', '_given'] : []),
      ...(cleared.has('lastName') ? ['family', '_family'] : []),
    ),
    ...(given.firstName === undefined ? {} : { given: [given.firstName, ...further] }),
    ...(given.lastName === undefined ? {} : { family: given.lastName }),
  };
  return withItems(document, 'name', replaced(names, at, renamed(after)));
};

const renamed = (name: Element): Items => {
  const { text, ...parts } = name;
  const whole = toFullName(HumanName.parse(parts));
  if (whole === undefined) return [];
  return [text === undefined ? name : { ...name, text: whole }];
};

const STALE_OF_BIRTH_DATE: ReadonlySet<unknown> = new Set([
  'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
  'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
]);

/** The hour of another day of birth, and why there was none, are no longer true. */
const editBirthDate: Edit = (document, change) => {
  if (!touches(change, 'dateOfBirth')) return document;
  const beside = (document._birthDate ?? {}) as Element;
  const extension = itemsOf(beside, 'extension').filter(({ url }) => !STALE_OF_BIRTH_DATE.has(url));
  const kept = withItems(beside, 'extension', extension);
  return {
    ...leftOut(document, 'birthDate', '_birthDate'),
    ...(change.given.dateOfBirth === undefined ? {} : { birthDate: change.given.dateOfBirth }),
    ...(Object.keys(kept).length === 0 ? {} : { _birthDate: kept }),
  };
};

const editGender: Edit = (document, change) => {
  if (!touches(change, 'gender')) return document;
  const { gender } = change.fresh;
  return gender === undefined ? leftOut(document, 'gender', '_gender') : { ...document, gender };
};

/** Parts of an address that say where it is; how it is used, since when, and extensions of the whole stay. */
const PLACE = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'];
const PLACES = [...PLACE, ...PLACE.map((name) => `_${name}`)];

const editAddress: Edit = (document, change) => {
  if (!touches(change, 'address')) return document;
  const addresses = itemsOf(document, 'address');
  const at = positionOf(
    addresses,
    (item) => Address.safeParse(item).data,
    (all) => chooseAddress(all, change.context),
  );
  const [fresh] = itemsOf(change.fresh, 'address');
  if (fresh === undefined) return at < 0 ? document : clearedAddress(document, change.context);
  if (at < 0) return withItems(document, 'address', [...addresses, fresh]);
  const after = { ...leftOut(addresses[at] ?? {}, ...PLACES), ...leftOut(fresh, 'use') };
  return withItems(document, 'address', replaced(addresses, at, [after]));
};

/** Takes out every address that could be the one to use now; old ones stay. */
const clearedAddress = (document: Element, context: MappingContext): Element => {
  const usable = (item: Element): boolean => {
    const address = Address.safeParse(item).data;
    return address !== undefined && chooseAddress([address], context) !== undefined;
  };
  return withItems(
    document,
    'address',
    itemsOf(document, 'address').filter((item) => item === null || !usable(item)),
  );
};

type Contact = 'phoneHome' | 'phoneMobile' | 'email';
const CONTACTS: Readonly<
  Record<Contact, (all: readonly FhirContactPoint[], context: MappingContext) => readonly FhirContactPoint[]>
> = {
  phoneHome: (all, context) => phonesFor(all, 'home', context),
  phoneMobile: (all, context) => phonesFor(all, 'mobile', context),
  email: emailsOf,
};

/** The number or address in use gets the new value; without one, a new entry is added. To clear is to take all out. */
const editContact =
  (field: Contact): Edit =>
  (document, change) => {
    if (!touches(change, field)) return document;
    const telecoms = itemsOf(document, 'telecom');
    const read = telecoms.map((item) => (item === null ? undefined : ContactPoint.safeParse(item).data));
    const inUse = CONTACTS[field](
      read.filter((one) => one !== undefined),
      change.context,
    );
    if (change.cleared.has(field)) {
      const kept = telecoms.filter((_, i) => !inUse.some((one) => one === read[i]));
      return withItems(document, 'telecom', kept);
    }
    const value = change.given[field];
    const at = read.findIndex((one) => one !== undefined && one === inUse[0]);
    const added = itemsOf(newPatient({ [field]: value }) as unknown as Element, 'telecom');
    const items = at < 0 ? [...telecoms, ...added] : replaced(telecoms, at, [{ ...telecoms[at], value }]);
    return withItems(document, 'telecom', items);
  };

/** A language that is preferred no longer is still spoken. */
const editLanguage: Edit = (document, change) => {
  if (!touches(change, 'preferredLanguage')) return document;
  const spoken = itemsOf(document, 'communication');
  const plain = spoken.map((one) => (one === null ? one : leftOut(one, 'preferred', '_preferred')));
  const tag = change.given.preferredLanguage;
  if (tag === undefined) return withItems(document, 'communication', spoken.length < 2 ? [] : plain);
  const others = plain.filter((one) => !speaks(one, tag));
  const known = plain.find((one) => speaks(one, tag));
  const chosen = known === undefined ? itemsOf(change.fresh, 'communication') : [{ ...known, preferred: true }];
  return withItems(document, 'communication', [...chosen, ...others]);
};

const speaks = (one: Element | null, tag: string): boolean => {
  const codings = ((one?.language as Element | undefined)?.coding ?? []) as Items;
  return codings.some(({ code }) => typeof code === 'string' && code.toLowerCase() === tag.toLowerCase());
};

/** What was said of race or ethnicity is replaced as a whole; every other extension stays where it stands. */
const editExtension =
  (field: 'race' | 'ethnicity', url: string): Edit =>
  (document, change) => {
    if (!touches(change, field)) return document;
    const extensions = itemsOf(document, 'extension');
    const fresh = itemsOf(change.fresh, 'extension').filter((one) => one.url === url);
    const at = extensions.findIndex((one) => one.url === url);
    const others =
      at < 0 ? extensions : replaced(extensions, at, fresh).filter((one) => one.url !== url || fresh.includes(one));
    return withItems(document, 'extension', at < 0 ? [...others, ...fresh] : others);
  };

const EDITS: readonly Edit[] = [
  editName,
  editContact('phoneHome'),
  editContact('phoneMobile'),
  editContact('email'),
  editGender,
  editBirthDate,
  editAddress,
  editLanguage,
  editExtension('race', US_CORE_RACE),
  editExtension('ethnicity', US_CORE_ETHNICITY),
];

/** The patient with the given fields in place of what is there, and the cleared ones empty; all else as it was. */
export const editedPatient = (
  document: Element,
  { patient, clear }: { readonly patient: PatientFields; readonly clear: readonly Field[] },
  context: MappingContext,
): Element => {
  const fresh = newPatient(patient) as unknown as Element;
  const change: Change = { fresh, given: patient, cleared: new Set(clear), context };
  return EDITS.reduce((edited, edit) => edit(edited, change), document);
};
