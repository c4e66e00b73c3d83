import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])';
const user = (id: string) => ({ id });
const asGiven = { __resolveReference: (given: object) => given };

/** Issues whose people stand at many places. */
const tracker = {
  name: 'tracker',
  typeDefs: `${LINK}
    type Issue { title: String! author: User! assignee: User watchers: [User!]! last: Comment comments: [Comment!]! }
    type Comment { text: String! by: User! likes: [User!]! }
    type User @key(fields: "id") { id: ID! }
    type Team @key(fields: "id") { id: ID! }
    type Query { issues: [Issue!]! me: User! lead: User team: Team }`,
  resolvers: (() => {
    const first = { text: 'a', by: user('u1'), likes: [user('u2'), user('u3')] };
    const second = { text: 'b', by: user('u2'), likes: [] };
    return {
      Query: {
        issues: () => [
          {
            title: 'one',
            author: user('u1'),
            assignee: user('u2'),
            watchers: [user('u1'), user('u3')],
            last: second,
            comments: [first, second],
          },
          { title: 'two', author: user('u2'), assignee: null, watchers: [], last: null, comments: [] },
        ],
        me: () => user('u1'),
        lead: () => user('u4'),
        team: () => ({ id: 't1' }),
      },
    };
  })(),
};

/** Knows the people, their teams and each one's chief. */
const people = {
  name: 'people',
  typeDefs: `${LINK}
    type User @key(fields: "id") { id: ID! name(short: Boolean = false): String! team: Team chief: User }
    type Team @key(fields: "id") { id: ID! title: String! members: [User!]! }`,
  resolvers: {
    User: {
      ...asGiven,
      name: ({ id }: { id: string }, { short }: { short: boolean }) => (short ? id : `name of ${id}`),
      team: ({ id }: { id: string }) => ({ id: id === 'u1' || id === 'u2' ? 't1' : 't2' }),
      chief: ({ id }: { id: string }) => (id === 'u4' ? null : { id: 'u4' }),
    },
    Team: { ...asGiven, title: ({ id }: { id: string }) => `team ${id}`, members: () => [{ id: 'u1' }, { id: 'u4' }] },
  },
};

const photos = {
  name: 'photos',
  typeDefs: `${LINK}
    type User @key(fields: "id") { id: ID! photo(size: Int = 1): String! }
    type Team @key(fields: "id") { id: ID! logo: String! }`,
  resolvers: {
    User: { ...asGiven, photo: ({ id }: { id: string }, { size }: { size: number }) => `${id}/${size}` },
    Team: { ...asGiven, logo: ({ id }: { id: string }) => `${id}.svg` },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([tracker, people, photos]);
});
afterAll(() => graph?.close());

const idsSent = (subgraph: string): string[] =>
  representationsIn(graph.received[subgraph]).map((one) => (one as { id: string }).id);

describe('entities at several paths', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'are asked for in one request to each subgraph',
        query:
          '{ issues { author { name } assignee { name } watchers { name } comments { by { name } likes { name } } last { by { name } } } me { name } }',
        data: {
          issues: [
            {
              author: { name: 'name of u1' },
              assignee: { name: 'name of u2' },
              watchers: [{ name: 'name of u1' }, { name: 'name of u3' }],
              comments: [
                { by: { name: 'name of u1' }, likes: [{ name: 'name of u2' }, { name: 'name of u3' }] },
                { by: { name: 'name of u2' }, likes: [] },
              ],
              last: { by: { name: 'name of u2' } },
            },
            { author: { name: 'name of u2' }, assignee: null, watchers: [], comments: [], last: null },
          ],
          me: { name: 'name of u1' },
        },
        sent: { tracker: 1, people: 1 },
      },
      {
        it: 'are asked for in one request though each path selects something else',
        query:
          '{ me { name } lead { photo } issues { author { photo(size: 2) team { title } } assignee { n: name(short: true) } } }',
        data: {
          me: { name: 'name of u1' },
          lead: { photo: 'u4/1' },
          issues: [
            { author: { photo: 'u1/2', team: { title: 'team t1' } }, assignee: { n: 'u2' } },
            { author: { photo: 'u2/2', team: { title: 'team t1' } }, assignee: null },
          ],
        },
        sent: { tracker: 1, people: 1, photos: 1 },
      },
      {
        it: 'of several types are asked for in one request',
        query: '{ me { name } team { title members { id } } }',
        data: { me: { name: 'name of u1' }, team: { title: 'team t1', members: [{ id: 'u1' }, { id: 'u4' }] } },
        sent: { tracker: 1, people: 1 },
      },
      {
        it: 'are asked for in one request a level',
        query: '{ me { team { logo members { photo } } chief { photo } photo } team { logo } }',
        data: {
          me: {
            team: { logo: 't1.svg', members: [{ photo: 'u1/1' }, { photo: 'u4/1' }] },
            chief: { photo: 'u4/1' },
            photo: 'u1/1',
          },
          team: { logo: 't1.svg' },
        },
        // the second request to photos needs what people answered
        sent: { tracker: 1, people: 1, photos: 2 },
      },
      {
        it: 'take variables of their own at each path',
        query:
          'query($a: Int, $b: Int = 5, $s: Boolean!) { me { photo(size: $a) name(short: $s) } lead { photo(size: $b) name } issues { author { photo } } }',
        variables: { a: 3, s: true },
        data: {
          me: { photo: 'u1/3', name: 'u1' },
          lead: { photo: 'u4/5', name: 'name of u4' },
          issues: [{ author: { photo: 'u1/1' } }, { author: { photo: 'u2/1' } }],
        },
        sent: { tracker: 1, people: 1, photos: 1 },
      },
      {
        it: 'are not asked for where there are none',
        query: '{ issues { last { by { photo } } comments { likes { photo } } } }',
        data: {
          issues: [
            {
              last: { by: { photo: 'u2/1' } },
              comments: [{ likes: [{ photo: 'u2/1' }, { photo: 'u3/1' }] }, { likes: [] }],
            },
            { last: null, comments: [] },
          ],
        },
        sent: { tracker: 1, photos: 1 },
      },
    ],
  );

  it('stand once in what is sent for one selection', async () => {
    forget(graph);
    await graph.ask(
      '{ issues { author { name } assignee { name } watchers { name } comments { by { name } likes { name } } } me { name } }',
    );
    expect(graph.received.people).toHaveLength(1);
    expect(idsSent('people').sort()).toEqual(['u1', 'u2', 'u3']);
  });

  it('are asked for once though they are reached under several names', async () => {
    forget(graph);
    const { data } = await graph.ask('{ a: me { photo } b: me { photo } c: lead { photo } d: lead { p: photo } }');
    expect(data).toEqual({ a: { photo: 'u1/1' }, b: { photo: 'u1/1' }, c: { photo: 'u4/1' }, d: { p: 'u4/1' } });
    expect(graph.received.photos).toHaveLength(1);
    expect(idsSent('photos').filter((id) => id === 'u1')).toHaveLength(1);
  });

  it('are answered each on its own: what one place adds does not show at another', async () => {
    const { data } = await graph.ask(
      '{ me { team { members { id chief { id } } } } lead { id } issues { author { id team { id } } } }',
    );
    expect(JSON.stringify(data.me)).toBe(
      '{"team":{"members":[{"id":"u1","chief":{"id":"u4"}},{"id":"u4","chief":null}]}}',
    );
    expect(JSON.stringify(data.issues)).toBe(
      '[{"author":{"id":"u1","team":{"id":"t1"}}},{"author":{"id":"u2","team":{"id":"t1"}}}]',
    );
  });
});
