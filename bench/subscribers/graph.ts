import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';
import { compose } from '../../gateway/composition.ts';
import type { Change, Changes } from './changes.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';

/** Streams what has changed, and knows of whom: the events come from here. */
const HUB = `${LINK}
  type Query { changed: Int! }
  type Subscription { changes: Change! }
  type Change { n: Int! patient: Patient! text: String! }
  type Patient @key(fields: "id") { id: ID! }`;

/** Owns the people, from which an event may have to be completed. */
const PEOPLE = `${LINK}
  type Patient @key(fields: "id") { id: ID! name: String! born: String! }`;

const SDL = [
  { name: 'hub', sdl: HUB },
  { name: 'people', sdl: PEOPLE },
] as const;

export type SubgraphName = (typeof SDL)[number]['name'];

export const SUPERGRAPH = (): string => compose(SDL);

/** Characters that each of its events has more, so that the reader that stops has full buffers soon. */
const TEXT = 'x'.repeat(64 * 1024);

const PATIENTS = 100;
const patientOf = (n: number): string => `springfield/Patient/${n % PATIENTS}`;
const nameOf = (id: string): string => `Patient ${id.split('/')[2]} of Springfield`;

/** What a subscriber asks for, and what comes of the n-th event. */
export interface Subscribing {
  readonly query: string;
  readonly data: (n: number) => object;
}

export const PLAIN: Subscribing = {
  query: 'subscription { changes { n patient { id } } }',
  data: (n) => ({ changes: { n, patient: { id: patientOf(n) } } }),
};

export const COMPLETED: Subscribing = {
  query: 'subscription { changes { n patient { id name born } } }',
  data: (n) => {
    const id = patientOf(n);
    return { changes: { n, patient: { id, name: nameOf(id), born: '1980-01-31' } } };
  },
};

/** The same events with a text of their own, for the one that stops reading. */
export const LONG = 'subscription { changes { n text } }';

const RESOLVERS = (changes: Changes): Readonly<Record<SubgraphName, object>> => ({
  hub: {
    Query: { changed: () => changes.published },
    Subscription: { changes: { subscribe: () => changes.subscribe(), resolve: (change: Change) => change } },
    Change: { patient: ({ n }: Change) => ({ id: patientOf(n) }), text: () => TEXT },
  },
  people: {
    Patient: {
      __resolveReference: ({ id }: { readonly id: string }) => ({ id, name: nameOf(id), born: '1980-01-31' }),
    },
  },
});

/** The subgraphs, with the changes behind hub's stream. */
export const subgraphsOver = (
  changes: Changes,
): readonly { readonly name: SubgraphName; readonly schema: GraphQLSchema }[] => {
  const resolvers = RESOLVERS(changes);
  return SDL.map(({ name, sdl }) => ({
    name,
    schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers[name] as never }]),
  }));
};
