import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBoards } from './boards.ts';
import type { Federation } from './kit.ts';

/** What the owner of pieces answers in place of its own answer. */
let instead: object | undefined;

let federation: Federation;
beforeAll(async () => {
  federation = await startBoards(() => instead);
});
afterAll(() => federation.close());
beforeEach(() => {
  instead = undefined;
});

const code = 'TOO_LATE';

describe('an error', () => {
  it('keeps its message and extensions, and nothing of the subgraph’s own document', async () => {
    const { errors } = await federation.ask('{ piece(id: "bad-1") { name } }');
    expect(errors).toEqual([
      {
        message: 'Failed for bad-1.',
        path: ['piece', 'name'],
        extensions: { code, hint: { retry: [1, 2], why: null } },
      },
    ]);
  });

  it('keeps its extensions at every place of the entity', async () => {
    const { errors = [] } = await federation.ask('{ a: piece(id: "bad-1") { name } b: piece(id: "bad-1") { name } }');
    expect(errors.map(({ extensions }) => extensions.hint)).toEqual([
      { retry: [1, 2], why: null },
      { retry: [1, 2], why: null },
    ]);
  });

  /** Odd answers of an owner to `{ piece { name } }`: what is seen of them. */
  const odd = [
    {
      it: 'spoils what was asked for when it has no path',
      answer: { data: null, errors: [{ message: 'No.' }] },
      data: { piece: { id: 'x', name: null } },
      errors: [{ message: 'No.', path: ['piece', 'name'] }],
    },
    {
      it: 'is told once though there are several without a path',
      answer: { errors: [{ message: 'No.' }, { message: 'Neither.' }] },
      data: { piece: { id: 'x', name: null } },
      errors: [{ message: 'No.', path: ['piece', 'name'] }],
    },
    {
      it: 'spoils nothing when it comes with a complete answer',
      answer: {
        data: { _entities: [{ __typename: 'Piece', name: 'there' }] },
        errors: [{ message: 'By the way.', path: ['_entities', 0, 'name'] }],
      },
      data: { piece: { id: 'x', name: 'there' } },
      errors: [{ message: 'By the way.', path: ['piece', 'name'] }],
    },
    {
      it: 'stands at the entity when it is the entity’s own',
      answer: { data: { _entities: [null] }, errors: [{ message: 'Gone.', path: ['_entities', 0] }] },
      data: { piece: null },
      errors: [{ message: 'Gone.', path: ['piece'] }],
    },
    {
      it: 'spoils what was asked for when it is about all entities',
      answer: { data: null, errors: [{ message: 'None.', path: ['_entities'] }] },
      data: { piece: { id: 'x', name: null } },
      errors: [{ message: 'None.', path: ['piece', 'name'] }],
    },
    {
      it: 'is made up when there are fewer entities than were asked for',
      answer: { data: { _entities: [] } },
      data: { piece: { id: 'x', name: null } },
    },
  ];
  it.each(odd)('$it', async ({ answer, data, errors }) => {
    instead = answer;
    const answered = await federation.ask('{ piece(id: "x") { id name } }');
    expect(answered.data).toEqual(data);
    const seen = answered.errors?.map(({ message, path }) => ({ message, path }));
    if (errors !== undefined) expect(seen).toEqual(errors);
    else for (const { path } of seen ?? []) expect(path).toEqual(['piece', 'name']);
  });

  it.each([
    ['a place that was not asked for', ['_entities', 7, 'name']],
    ['a field that is not there', ['nowhere', 0]],
    ['a place beyond a scalar', ['_entities', 0, 'name', 'more', 3]],
  ])('does no harm when its path is %s', async (_, path) => {
    instead = {
      data: { _entities: [{ __typename: 'Piece', name: 'there' }] },
      errors: [{ message: 'Odd.', path }],
    };
    const { data, errors = [] } = await federation.ask('{ piece(id: "x") { id name } }');
    expect(data).toEqual({ piece: { id: 'x', name: 'there' } });
    // it is not lost, and if it has a path it is one of the client's
    expect(errors).toHaveLength(1);
    expect(errors[0].message).toBe('Odd.');
    expect(['piece', undefined]).toContain(errors[0].path?.[0]);
  });
});
