import type { GraphResolvers, Resolvers } from '../workload.ts';
import { type Gather, PREFIXES, type PracticeData } from './data.ts';

interface Identified {
  readonly __typename: string;
  readonly id: string;
}

interface Page {
  readonly nodes: readonly unknown[];
  readonly edges: readonly unknown[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The recorded data with records in the places of their stubs, so that resolvers have nothing to look up. */
const linked = (data: PracticeData) => {
  const records = new Map<string, Identified & Record<string, unknown>>(
    data.records.map((record) => [record.id, { ...record }]),
  );
  const link = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(link);
    if (!isObject(value)) return value;
    const record = typeof value.id === 'string' ? records.get(value.id) : undefined;
    return record ?? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, link(part)]));
  };
  for (const record of records.values()) for (const [key, value] of Object.entries(record)) record[key] = link(value);
  const gathers = data.gathers.map((gather) => ({
    ...gather,
    connection: link(gather.connection) as Gather['connection'],
  }));
  return { records, gathers };
};

/** The first records of a recorded page; its other arguments are not looked at. */
const page =
  (field: string) =>
  (patient: Readonly<Record<string, Page>>, { first }: { readonly first: number }) => {
    const recorded = patient[field];
    return recorded === undefined || first >= recorded.nodes.length
      ? recorded
      : { ...recorded, nodes: recorded.nodes.slice(0, first), edges: recorded.edges.slice(0, first) };
  };

const PAGES = { appointments: page('appointments'), observations: page('observations'), claims: page('claims') };

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1);

const keyOf = ({ search, first }: { readonly search: object; readonly first: number }): string =>
  JSON.stringify([Object.fromEntries(Object.entries(search).sort(byName)), first]);

/** The practice graph from recorded answers: every record by its id, every search by what it asks for. */
export const practiceResolvers = (data: PracticeData): GraphResolvers => {
  const { records, gathers } = linked(data);
  const byArguments = new Map(gathers.map((gather) => [keyOf(gather), gather]));
  const byRequest = new Map(gathers.map((gather) => [gather.request, gather]));

  const gatherOf = <T>(found: T | undefined): T => {
    if (found === undefined) throw new Error('This search is not recorded.');
    return found;
  };
  const record = ({ id }: { readonly id: string }) => records.get(id) ?? null;
  const byId = (_: unknown, key: { readonly id: string }) => record(key);
  const roots = {
    node: byId,
    nodes: (_: unknown, { ids }: { readonly ids: readonly string[] }) => ids.map((id) => record({ id })),
    patient: byId,
    source: byId,
  };
  type Asked = { readonly search: object; readonly first: number };

  const hitsFields = Object.keys(PREFIXES).map((name) => `${name}Hits`);
  /** hub's answer, from the record, provided that the gateway brings what hub requires. */
  const connection =
    (field: string) =>
    (reference: Readonly<Record<string, unknown>> & { readonly request: string }): unknown => {
      if (!hitsFields.every((name) => Array.isArray(reference[name]))) throw new Error('A vendor’s hits are missing.');
      return gatherOf(byRequest.get(reference.request)).connection[field];
    };
  const withTypename = (reference: object) => ({ ...reference, __typename: 'PatientConnection' });

  const vendor = (name: string, prefix: string): Resolvers => {
    const types = new Set([...records.values()].map(({ __typename }) => __typename));
    const own = [...types].filter((type) => type.startsWith(prefix));
    return {
      ...Object.fromEntries(own.map((type) => [type, { __resolveReference: record }])),
      [`${prefix}Patient`]: { __resolveReference: record, ...PAGES },
      PatientConnection: {
        __resolveReference: withTypename,
        [`${name}Hits`]: ({ request }: { readonly request: string }) =>
          gatherOf(byRequest.get(request)).hits[`${name}Hits`],
      },
    };
  };

  return {
    subgraphs: {
      hub: {
        Query: {
          ...roots,
          patients: (_: unknown, asked: Asked) => ({ request: gatherOf(byArguments.get(keyOf(asked))).request }),
        },
        PatientConnection: {
          __resolveReference: withTypename,
          ...Object.fromEntries(['nodes', 'edges', 'pageInfo', 'outcomes'].map((field) => [field, connection(field)])),
        },
      },
      ...Object.fromEntries(Object.entries(PREFIXES).map(([name, prefix]) => [name, vendor(name, prefix)])),
    },
    whole: {
      Query: {
        ...roots,
        patients: (_: unknown, asked: Asked) => gatherOf(byArguments.get(keyOf(asked))).connection,
      },
      ...Object.fromEntries(Object.values(PREFIXES).map((prefix) => [`${prefix}Patient`, PAGES])),
    },
  };
};
