import type { Draft } from '../ledger.ts';
import { ETHNICITY, LANGUAGE, RACE } from '../population/codes.ts';
import type { Coded, Patient } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { parseLocal } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import type { World } from './world.ts';
import { childFields, demand, type Fields, known, writing } from './writing.ts';

type Person = Partial<Draft['Patient']>;

const SEX: ReadonlySet<string> = new Set(['F', 'M', 'O', 'U'] satisfies Patient['sex'][]);
const MARITAL: ReadonlySet<string> = new Set(['D', 'M', 'S', 'U', 'W'] satisfies Patient['maritalStatus'][]);

const isSex = (text: string): text is NonNullable<Patient['sex']> => SEX.has(text);
const isMarital = (text: string): text is NonNullable<Patient['maritalStatus']> => MARITAL.has(text);

const asWritten = (text: string): string => text;

const fitting =
  (form: RegExp) =>
  (text: string): string | undefined =>
    form.test(text) ? text : undefined;

/** The initial says nothing new of a middle name that begins with it. */
const middle = (text: string, _world: World, before: Patient | undefined): string | undefined =>
  text.length === 1 && before?.middle?.startsWith(text) ? before.middle : fitting(/^.$/u)(text);

/** Ten digits of a number in any of the ways in which people write it. */
const phone = (text: string): string | undefined =>
  /^(?:\+?1)?(?<digits>\d{10})$/.exec(text.replace(/[\s().-]/g, ''))?.groups?.digits;

const birthDate = (text: string, world: World): string | undefined => {
  const day = /^\d\d\/\d\d\/\d{4}$/.test(text) ? parseLocal(text, world.local)?.slice(0, 10) : undefined;
  return day !== undefined && day <= world.local(world.now()).slice(0, 10) ? day : undefined;
};

/** A code by its words, from the lists of this sandbox or from another patient. */
const coded = (
  text: string,
  list: Readonly<Record<string, Coded>>,
  world: World,
  of: (patient: Patient) => readonly (Coded | undefined)[],
): Coded | undefined => {
  const isMeant = (one: Coded | undefined): one is Coded => one?.display.toLowerCase() === text.trim().toLowerCase();
  return Object.values(list).find(isMeant) ?? world.practice.patients.flatMap(of).find(isMeant);
};

/** Several with pipes, as they are read, or with semicolons (assumption). */
const races = (text: string, world: World): readonly Coded[] | undefined => {
  const found = text.split(/[|;]/).map((word) => coded(word, RACE, world, ({ race }) => race));
  return found.every((one) => one !== undefined) ? found : undefined;
};

const provider = (text: string, world: World): number | undefined =>
  world.practice.practitioners.find((one) => world.abbreviation(one) === text.trim().toUpperCase())?.id;

/** A value that was sent as it goes into the record; undefined when it is none. `address`: a part of that. */
type Column = {
  readonly [K in keyof Person]-?: {
    readonly to: K;
    readonly read: (text: string, world: World, before: Patient | undefined) => Person[K];
  };
}[keyof Person];
interface AddressPart {
  readonly part: keyof NonNullable<Patient['address']>;
  readonly read: (text: string) => string | undefined;
}

/** Names as GetPatientDemographics spells them (assumption, as in the sample). */
const COLUMNS: Readonly<Record<string, Column | AddressPart>> = {
  Last_Name: { to: 'last', read: asWritten },
  First_Name: { to: 'first', read: asWritten },
  Middle_Initial: { to: 'middle', read: middle },
  Suffix: { to: 'suffix', read: asWritten },
  DOB: { to: 'birthDate', read: birthDate },
  Sex: { to: 'sex', read: (text: string) => (isSex(text) ? text : undefined) },
  Marital_Status: { to: 'maritalStatus', read: (text: string) => (isMarital(text) ? text : undefined) },
  Race: { to: 'race', read: races },
  Ethnicity: { to: 'ethnicity', read: (text, world) => coded(text, ETHNICITY, world, (one) => [one.ethnicity]) },
  Language: { to: 'language', read: (text, world) => coded(text, LANGUAGE, world, (one) => [one.language]) },
  Street1: { part: 'line1', read: asWritten },
  Street2: { part: 'line2', read: asWritten },
  City: { part: 'city', read: asWritten },
  State: { part: 'state', read: fitting(/^[A-Z]{2}$/) },
  Zip_Code: { part: 'postalCode', read: fitting(/^\d{5}(?:-\d{4})?$/) },
  HomePhone: { to: 'homePhone', read: phone },
  Work_Phone: { to: 'workPhone', read: phone },
  Cell_Phone: { to: 'mobilePhone', read: phone },
  Email_Address: { to: 'email', read: fitting(/^[^\s@]+@[^\s@]+$/) },
  Usual_Provider_Abbr: { to: 'practitionerId', read: provider },
};
const NAMES: ReadonlySet<string> = new Set(Object.keys(COLUMNS));
const REQUIRED = ['Last_Name', 'First_Name', 'DOB', 'Sex'];

/** What an empty element leaves. */
const emptied = (column: Column): Person => ({ [column.to]: column.to === 'race' ? [] : undefined });

const personOf = (fields: Fields, world: World, before: Patient | undefined): Person => {
  let person: Person = {};
  let address = before?.address;
  for (const [name, column] of Object.entries(COLUMNS)) {
    const text = fields.sent(name);
    if (text === undefined) continue;
    const isEmpty = text.trim() === '';
    if ('part' in column) address = { ...address, [column.part]: isEmpty ? undefined : known(column.read(text), name) };
    else
      person = {
        ...person,
        ...(isEmpty ? emptied(column) : { [column.to]: known(column.read(text, world, before), name) }),
      };
  }
  return address === before?.address ? person : { ...person, address };
};

/** The XML stands in P2, as in Practice Management, or in P1, as in the EHR. */
const xmlOf = ({ parameter }: Work): string => {
  demand(parameter(1) === '' || parameter(2) === '', 'XML is not valid.');
  return parameter(1) || parameter(2);
};

const SAVED: Spec<Patient> = { Patient_ID: ({ id }) => String(id), Status: () => 'Success' };

/**
 * Changes the patient of PatientID, or makes a new one when that is empty or 0. An element that is not sent changes
 * nothing, an empty one takes the value away, and nobody can be without last name, first name, birth date and sex
 * (assumptions). Somebody who is there already is made once more: telling them apart is the caller's.
 */
const savePatient = (work: Work): readonly Table[] => {
  const { world, call, callName, system } = work;
  const fields = childFields(xmlOf(work), 'patient', NAMES);
  const isNew = call.patientId === '' || call.patientId === '0';
  const before = isNew ? undefined : known(world.patient(call.patientId), 'PatientID');
  for (const name of REQUIRED) if (isNew || fields.sent(name) !== undefined) fields.need(name);
  const person = personOf(fields, world, before);
  const { first = '', last = '' } = person;
  const saved = before
    ? system.ledger.updatePatient(callName, before.id, person)
    : system.ledger.createPatient(callName, { race: [], coverages: [], ...person, first, last });
  return [table(world, SAVED, [saved])];
};

export const SAVE_PATIENT_ACTIONS: readonly Action[] = [{ name: 'SavePatient', run: writing(savePatient) }];
