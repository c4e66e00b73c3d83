import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@override", "@external", "@requires", "@provides", "@shareable"])';

interface Id {
  readonly id: string;
  readonly code?: string;
}

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      // the old owner of everything, with all of its resolvers still in place
      name: 'monolith',
      typeDefs: `${LINK}
        type Query { users: [User!]! user(id: ID!): User motd: String! teams: [[Team]] }
        type Mutation { rename(id: ID!, name: String!): User! }
        type User @key(fields: "id") @key(fields: "code") {
          id: ID! code: String! name: String email(masked: Boolean): String address: Address team: Team age: Int plan: String @shareable }
        type Address @shareable { city: String }
        type Team @key(fields: "id") { id: ID! label: String lead: User members: [User] }`,
      resolvers: {
        Query: {
          users: () => [{ id: 'u1' }, { id: 'u2' }],
          user: (_: unknown, { id }: Id) => ({ id }),
          motd: () => 'old motd',
          teams: () => [[{ id: 't1' }, null], null],
        },
        Mutation: { rename: () => ({ id: 'old rename' }) },
        User: {
          __resolveReference: async ({ id, code }: Id) => ({ id: id ?? code?.replace('code-', '') }),
          code: ({ id }: Id) => `code-${id}`,
          name: () => 'old name',
          email: () => 'old email',
          address: () => ({ city: 'old city' }),
          team: ({ id }: Id) => ({ id: `t-${id}` }),
          age: ({ id }: Id) => (id === 'u1' ? 30 : null),
          plan: () => 'old plan',
        },
        Team: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          label: () => 'old label',
          lead: ({ id }: Id) => ({ id: `lead of ${id}` }),
          members: () => [{ id: 'u1' }, null, { id: 'u3' }],
        },
      },
    },
    {
      name: 'profiles',
      typeDefs: `${LINK}
        type Query { motd: String! @override(from: "monolith") }
        type Mutation { rename(id: ID!, name: String!): User! @override(from: "monolith") }
        type User @key(fields: "id") {
          id: ID!
          name: String @override(from: "monolith")
          email(masked: Boolean): String @override(from: "monolith")
          address: Address @override(from: "monolith")
          plan: String @shareable @override(from: "monolith")
        }
        type Address @shareable { city: String street: String }`,
      resolvers: {
        Query: { motd: () => 'new motd' },
        Mutation: { rename: (_: unknown, { id }: Id) => ({ id }) },
        User: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          name: ({ id }: Id) => `name of ${id}`,
          email: ({ id }: Id, { masked }: { masked?: boolean }) => (masked === true ? '***' : `${id}@example.org`),
          address: ({ id }: Id) => ({ city: `city of ${id}`, street: `street of ${id}` }),
          plan: () => 'new plan',
        },
      },
    },
    {
      // moves a key field away, and what others require; one of its overrides names nobody
      name: 'codes',
      typeDefs: `${LINK}
        type User @key(fields: "id") {
          id: ID! code: String! @override(from: "monolith") hired: Int @override(from: "gone")
        }
        type Team @key(fields: "id") { id: ID! label: String @override(from: "monolith") }`,
      resolvers: {
        User: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          code: ({ id }: Id) => `code-${id}`,
          hired: () => 2020,
        },
        Team: { __resolveReference: async ({ id }: Id) => ({ id }), label: ({ id }: Id) => `label of ${id}` },
      },
    },
    {
      name: 'badges',
      typeDefs: `${LINK}
        type User @key(fields: "id") { id: ID! name: String @external age: Int @external badge: String @requires(fields: "name age") }
        type Query { byCode: Coded }
        type Coded { user: User }`,
      resolvers: {
        Query: { byCode: () => ({ user: { id: 'u7' } }) },
        User: {
          __resolveReference: async (one: object) => ({ ...one }),
          badge: ({ name, age }: { name: string; age: number | null }) => `${name} (${age})`,
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a field that moved to another subgraph', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'is asked of the new owner, from the old one’s object',
        query: '{ users { id name team { id } } }',
        data: {
          users: [
            { id: 'u1', name: 'name of u1', team: { id: 't-u1' } },
            { id: 'u2', name: 'name of u2', team: { id: 't-u2' } },
          ],
        },
        sent: { monolith: 1, profiles: 1 },
      },
      {
        it: 'may be a root field',
        query: '{ motd m: motd }',
        data: { motd: 'new motd', m: 'new motd' },
        sent: { profiles: 1 },
      },
      {
        it: 'may be a mutation, whose object the old owner goes on with',
        query: 'mutation { rename(id: "u5", name: "x") { id name age team { lead { name } } } }',
        data: { rename: { id: 'u5', name: 'name of u5', age: null, team: { lead: { name: 'name of lead of t-u5' } } } },
      },
      {
        it: 'takes its arguments and aliases along',
        query: 'query($m: Boolean) { user(id: "u1") { email masked: email(masked: $m) e: email(masked: false) } }',
        variables: { m: true },
        data: { user: { email: 'u1@example.org', masked: '***', e: 'u1@example.org' } },
        sent: { monolith: 1, profiles: 1 },
      },
      {
        it: 'takes along what stands below it, though the old owner knows that type too',
        query: '{ user(id: "u1") { address { city } } two: user(id: "u2") { address { street city } } }',
        data: {
          user: { address: { city: 'city of u1' } },
          two: { address: { street: 'street of u2', city: 'city of u2' } },
        },
      },
      {
        it: 'may be shareable',
        query: '{ user(id: "u1") { plan age } }',
        data: { user: { plan: 'new plan', age: 30 } },
      },
      {
        it: 'may be a key of the old owner’s',
        query: '{ user(id: "u1") { code } byCode { user { code age } } }',
        data: { user: { code: 'code-u1' }, byCode: { user: { code: 'code-u7', age: null } } },
      },
      {
        it: 'comes from the new owner where a third requires it',
        query: '{ users { badge } }',
        data: { users: [{ badge: 'name of u1 (30)' }, { badge: 'name of u2 (null)' }] },
      },
      {
        it: 'may say that it comes from a subgraph that is gone',
        query: '{ users { hired } }',
        data: { users: [{ hired: 2020 }, { hired: 2020 }] },
        sent: { monolith: 1, codes: 1 },
      },
      {
        it: 'is found on every path: lists of lists, nulls, fragments',
        query: `{ teams { ...team } } fragment team on Team { l: label lead { ...user } members { ...user } }
          fragment user on User { n: name c: code }`,
        data: {
          teams: [
            [
              {
                l: 'label of t1',
                lead: { n: 'name of lead of t1', c: 'code-lead of t1' },
                members: [{ n: 'name of u1', c: 'code-u1' }, null, { n: 'name of u3', c: 'code-u3' }],
              },
              null,
            ],
            null,
          ],
        },
        sent: { monolith: 1, profiles: 1, codes: 1 },
      },
    ],
  );

  it('is never asked of the old owner again', async () => {
    forget(federation);
    const { errors } = await federation.ask(
      '{ motd users { name email address { city } plan badge team { label lead { name code } } } teams { label members { email } } }',
    );
    expect(errors).toBeUndefined();
    await federation.ask('mutation { rename(id: "u5", name: "x") { name email age } }');
    expect(federation.received.monolith?.length).toBeGreaterThan(0);
    for (const { query } of federation.received.monolith ?? [])
      expect(query).not.toMatch(/\bname\b|email|address|plan|label|motd|rename/);
  });

  it('is sent to who requires it with the new owner’s value', async () => {
    forget(federation);
    await federation.ask('{ user(id: "u1") { badge } }');
    expect(representationsIn(federation.received.badges)).toEqual([
      { __typename: 'User', id: 'u1', name: 'name of u1', age: 30 },
    ]);
  });
});
