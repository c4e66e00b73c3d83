import { afterAll, beforeAll, describe } from 'vitest';
import { startBoards } from './boards.ts';
import { checkAll } from './cases.ts';
import type { Federation } from './kit.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startBoards(() => undefined);
});
afterAll(() => federation.close());

const code = 'TOO_LATE';

describe('an error’s path', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'is the subgraph’s own where that was asked from the root',
        query: '{ o: own(id: "x") { n: name(id: "bad") parts { name(id: "bad") m: name(id: "ok") } } }',
        data: {
          o: [
            { n: null, parts: null },
            { n: null, parts: [null, { name: null, m: 'ok' }] },
          ],
        },
        errors: [
          { path: ['o', 0, 'n'], code },
          { path: ['o', 1, 'n'], code },
          { path: ['o', 1, 'parts', 1, 'name'], code },
        ],
      },
      {
        it: 'goes through an entity',
        query: '{ piece(id: "bad-1") { name id } }',
        data: { piece: { name: null, id: 'bad-1' } },
        errors: [{ path: ['piece', 'name'], code }],
      },
      {
        it: 'has the client’s aliases, of the entity and of the field',
        query: '{ it: piece(id: "bad-1") { what: name which: name t: tag(of: "bad") u: tag(of: "fine") } }',
        data: { it: { what: null, which: null, t: null, u: 'fine' } },
        errors: [
          { path: ['it', 'what'], code },
          { path: ['it', 'which'], code },
          { path: ['it', 't'], code },
        ],
      },
      {
        it: 'has the indices of nested lists, nulls counted',
        query: '{ cells { name } }',
        data: {
          cells: [
            [[{ name: 'name a' }], null],
            [[null, { name: null }], []],
          ],
        },
        errors: [{ path: ['cells', 1, 0, 1, 'name'], code }],
      },
      {
        it: 'has the indices of lists on both sides of the entity',
        query: '{ board { rows { pieces { parts { name weight } } } } }',
        data: {
          board: {
            rows: [
              {
                pieces: [
                  {
                    parts: [
                      { name: 'p', weight: 1 },
                      { name: 'a', weight: 1 },
                    ],
                  },
                  {
                    parts: [
                      { name: 'p', weight: 1 },
                      { name: null, weight: 1 },
                    ],
                  },
                ],
              },
              null,
              {
                pieces: [
                  {
                    parts: [
                      { name: 'p', weight: 1 },
                      { name: null, weight: 1 },
                    ],
                  },
                ],
              },
            ],
          },
        },
        errors: [
          { path: ['board', 'rows', 0, 'pieces', 1, 'parts', 1, 'name'], code },
          { path: ['board', 'rows', 2, 'pieces', 0, 'parts', 1, 'name'], code },
        ],
      },
      {
        it: 'is told for each of the places of one entity, by each place’s selection',
        query:
          '{ board { m: main { n: name } rows { pieces { name } f: first { called: name } rows { pieces { name } } } } boards { main { name } } }',
        data: {
          board: {
            m: { n: null },
            rows: [
              {
                pieces: [{ name: 'name a' }, { name: null }],
                f: { called: 'name a' },
                rows: [{ pieces: [null, { name: null }] }],
              },
              null,
              { pieces: [{ name: null }], f: { called: null }, rows: [] },
            ],
          },
          boards: [{ main: null }, { main: { name: null } }],
        },
        errors: [
          { path: ['board', 'm', 'n'], code },
          { path: ['board', 'rows', 0, 'pieces', 1, 'name'], code },
          { path: ['board', 'rows', 0, 'rows', 0, 'pieces', 1, 'name'], code },
          { path: ['board', 'rows', 2, 'pieces', 0, 'name'], code },
          { path: ['board', 'rows', 2, 'f', 'called'], code },
          { path: ['boards', 1, 'main', 'name'], code },
        ],
      },
      {
        it: 'goes on below objects of the entity’s owner, through fragments',
        query: `{ piece(id: "bad-1") { ...deep } } fragment deep on Piece { next { n: next { ... on Piece { last: name } } } }`,
        data: { piece: { next: { n: { last: null } } } },
        errors: [{ path: ['piece', 'next', 'n', 'last'], code }],
      },
      {
        it: 'has the client’s key where the plan had to use another',
        query: '{ things { ... on Stone { value } ... on Stick { value } } }',
        data: { things: [{ value: null }, { value: null }, { value: 1 }, { value: 2 }] },
        errors: [
          { path: ['things', 0, 'value'], code },
          { path: ['things', 1, 'value'], code },
        ],
      },
      {
        it: 'has the client’s alias where the plan had to use another',
        query: '{ t: things { __typename ... on Stone { v: value } ... on Stick { v: value id } } }',
        data: {
          t: [
            { __typename: 'Stone', v: null },
            { __typename: 'Stick', v: null, id: 'bad-stick' },
            { __typename: 'Stone', v: 1 },
            { __typename: 'Stick', v: 2, id: 't' },
          ],
        },
        errors: [
          { path: ['t', 0, 'v'], code },
          { path: ['t', 1, 'v'], code },
        ],
      },
      {
        it: 'has the client’s key where the fetch from the root had to use another',
        query: '{ shapes { ... on Flat { s: size } ... on Round { s: size name } } }',
        data: { shapes: [null, { s: null, name: 'bad-round' }, { s: 3 }, { s: 4, name: 'r' }] },
        errors: [
          { path: ['shapes', 0, 's'], code },
          { path: ['shapes', 1, 's'], code },
        ],
      },
      {
        it: 'has the client’s key where the fetch of an entity had to use another',
        query: '{ p: piece(id: "x") { id: shapes { ... on Flat { s: size } ... on Round { s: size name } } } }',
        data: { p: { id: [null, { s: null, name: 'bad-round' }, { s: 3 }, { s: 4, name: 'r' }] } },
        errors: [
          { path: ['p', 'id', 0, 's'], code },
          { path: ['p', 'id', 1, 's'], code },
        ],
      },
      {
        it: 'has the client’s key below another that the plan had to use',
        query: '{ shapes { ... on Flat { in: inner { size } } ... on Round { in: inner { size } } } }',
        data: {
          shapes: [
            { in: null },
            { in: [{ size: 4 }, { size: null }] },
            { in: [{ size: 3 }, { size: 3 }] },
            { in: [{ size: 4 }, { size: 4 }] },
          ],
        },
        errors: [
          { path: ['shapes', 0, 'in', 1, 'size'], code },
          { path: ['shapes', 1, 'in', 1, 'size'], code },
        ],
      },
      {
        it: 'has the alias that is named like the entity’s key',
        query: '{ piece(id: "bad-1") { id: name name: id } }',
        data: { piece: { id: null, name: 'bad-1' } },
        errors: [{ path: ['piece', 'id'], code }],
      },
      {
        it: 'is as exact when the same entity is asked for twice with different selections',
        query:
          '{ a: piece(id: "bad-1") { name } b: piece(id: "bad-1") { tag(of: "x") } c: piece(id: "bad-1") { x: name } }',
        data: { a: { name: null }, b: { tag: 'x' }, c: { x: null } },
        errors: [
          { path: ['a', 'name'], code },
          { path: ['c', 'x'], code },
        ],
      },
    ],
  );
});
