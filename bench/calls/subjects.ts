import type { Person } from '../vendors/simulators.ts';
import { type Data, type Question, SOURCES, type Subjects, VENDORS, type Vendor } from './row.ts';

/** A Wednesday; the sandbox's people have had results and claims until then. */
export const NOW = '2026-11-18T15:00:00Z';
export const TODAY = { from: '2026-11-18T05:00:00Z', to: '2026-11-19T05:00:00Z' } as const;

const DIRECTORIES: Question = {
  query: '{ sources { id practitioners { nodes { id } } locations { id } } }',
};

const TODAYS: Question = {
  query: `query($from: DateTime!, $to: DateTime!) {
  appointments(search: { from: $from, to: $to }, first: 100) { nodes { id source { id } } }
}`,
  variables: TODAY,
};

const OWN: Question = {
  query: `query($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Patient { observations(category: "laboratory", first: 1) { nodes { id } } claims(first: 1) { nodes { id } } }
  }
}`,
};

const byVendor = <T>(value: (vendor: Vendor) => T): Readonly<Record<Vendor, T>> => ({
  unity: value('unity'),
  athenanet: value('athenanet'),
  fhir: value('fhir'),
});

const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('The sandbox lacks a record that the bench asks for.');
  return value;
};

const idOf = (vendor: Vendor, patient: number): string =>
  `${SOURCES[vendor]}/Patient/${vendor === 'fhir' ? `pat-${patient}` : patient}`;

/** A patient of the three practices who has a bit of everything. */
const SOMEBODY = { first: 'John', last: 'Doe' } as const;
const MANY = 20;

/** Chooses the records that the rows ask for, with an engine whose answers nobody counts. */
export const findSubjects = async (
  people: Readonly<Record<string, readonly Person[]>>,
  ask: (question: Question) => Promise<Data>,
): Promise<Subjects> => {
  const isSomebody = ({ first, last }: Person): boolean => first === SOMEBODY.first && last === SOMEBODY.last;
  const person = byVendor((vendor) => idOf(vendor, present(people[vendor]?.find(isSomebody)).id));
  const { sources } = await ask(DIRECTORIES);
  const { appointments } = await ask(TODAYS);
  const { nodes } = await ask({ ...OWN, variables: { ids: VENDORS.map((vendor) => person[vendor]) } });
  const source = byVendor((vendor) => sources.find(({ id }: Data) => id === SOURCES[vendor]));
  const own = byVendor((vendor) => nodes[VENDORS.indexOf(vendor)]);
  const ids = (list: readonly Data[]): readonly string[] => list.map(({ id }) => id as string);
  const others = byVendor((vendor) =>
    (people[vendor] ?? []).filter((one) => !isSomebody(one)).map(({ id }) => idOf(vendor, id)),
  );
  return {
    person,
    patients: byVendor((vendor) => others[vendor].slice(0, MANY)),
    bystander: byVendor((vendor) => present(others[vendor][MANY])),
    practitioners: byVendor((vendor) => ids(source[vendor].practitioners.nodes)),
    locations: byVendor((vendor) => ids(source[vendor].locations)),
    appointment: byVendor(
      (vendor) => present<Data>(appointments.nodes.find((one: Data) => one.source.id === SOURCES[vendor])).id,
    ),
    observation: byVendor((vendor) => present<Data>(own[vendor].observations.nodes[0]).id),
    claim: byVendor((vendor) => present<Data>(own[vendor].claims.nodes[0]).id),
  };
};
