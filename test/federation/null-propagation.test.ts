import { afterAll, beforeAll, describe } from 'vitest';
import { checkAll } from './cases.ts';
import type { Federation } from './kit.ts';
import { startLibrary } from './library.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startLibrary(new Map());
});
afterAll(() => federation.close());

describe('a null where none may be', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'stops at the field itself when that may be null',
        query: '{ shelf(id: "no-label") { id label } }',
        data: { shelf: { id: 'no-label', label: null } },
        errors: [{ path: ['shelf', 'label'], code: 'BROKEN' }],
      },
      {
        it: 'takes the object along, within one subgraph',
        query: '{ s: shelf(id: "no-number") { id n: number } fine }',
        data: { s: null, fine: 'fine' },
        errors: [{ path: ['s', 'n'], code: 'BROKEN' }],
      },
      {
        it: 'takes the object along when it simply is null',
        query: '{ shelf(id: "null-number") { number } fine }',
        data: { shelf: null, fine: 'fine' },
        errors: [{ path: ['shelf', 'number'] }],
      },
      {
        it: 'takes all data along at the root, other subgraphs’ too',
        query: '{ fine must(id: "no-number") { number } someone { name } }',
        data: null,
        errors: [{ path: ['must', 'number'], code: 'BROKEN' }],
      },
      {
        it: 'takes a field of the first subgraph along when it comes from the second',
        query: '{ shelf(id: "bad") { id top { author { id } } } fine }',
        data: { shelf: null, fine: 'fine' },
        errors: [{ path: ['shelf', 'top', 'author'], code: 'BROKEN' }],
      },
      {
        it: 'stops at a nullable field of the first subgraph',
        query: '{ shelf(id: "bad") { id side { id author { id } } } }',
        data: { shelf: { id: 'bad', side: null } },
        errors: [{ path: ['shelf', 'side', 'author'], code: 'BROKEN' }],
      },
      {
        it: 'takes all data along from the second subgraph',
        query: '{ fine must(id: "bad") { id top { author { id } } } }',
        data: null,
        errors: [{ path: ['must', 'top', 'author'], code: 'BROKEN' }],
      },
      {
        it: 'takes all data along from the third subgraph',
        query: '{ fine must(id: "bad-name") { top { author { name } } } }',
        data: null,
        errors: [{ path: ['must', 'top', 'author', 'name'], code: 'BROKEN' }],
      },
      {
        it: 'stops on the way from the third subgraph where a field may be null',
        query: '{ must(id: "bad-name") { id side { title editor { born name } } } }',
        data: { must: { id: 'bad-name', side: { title: 'title bad-name', editor: null } } },
        errors: [{ path: ['must', 'side', 'editor', 'name'], code: 'BROKEN' }],
      },
      {
        it: 'makes one item null in a list that allows it',
        query: '{ shelf(id: "bad") { maybe { title author { id } } } }',
        data: { shelf: { maybe: [{ title: 'title ok', author: { id: 'a' } }, null, null, null] } },
        errors: [
          { path: ['shelf', 'maybe', 1, 'author'], code: 'BROKEN' },
          { path: ['shelf', 'maybe', 3, 'author'], code: 'BROKEN' },
        ],
      },
      {
        it: 'makes the list null that does not',
        query: '{ shelf(id: "bad") { label books { author { id } } } }',
        data: { shelf: { label: 'label bad', books: null } },
        errors: [{ path: ['shelf', 'books', 1, 'author'], code: 'BROKEN' }],
      },
      {
        it: 'rises through lists of lists until it may stay',
        query: '{ grid { author { id } } fine }',
        data: { grid: null, fine: 'fine' },
        errors: [{ path: ['grid', 1, 1, 'author'], code: 'BROKEN' }],
      },
      {
        it: 'stays in the innermost list that allows it',
        query: '{ loose { b: title author { id } } }',
        data: { loose: [[{ b: 'title ok', author: { id: 'a' } }, null], [null]] },
        errors: [{ path: ['loose', 0, 1, 'author'] }, { path: ['loose', 1, 0, 'author'] }],
      },
      {
        it: 'rises within a scalar list of a list as its owner says',
        query: '{ shelf(id: "bad-pages") { side { pages title } } }',
        data: { shelf: { side: { pages: [[1], null, null], title: 'title bad-pages' } } },
        errors: [{ path: ['shelf', 'side', 'pages', 1, 1] }],
      },
      {
        it: 'is reported once for an entity that its owner does not know, whatever was selected of it',
        query: '{ shelf(id: "unknown") { id side { title author { id } subtitle } } }',
        data: { shelf: { id: 'unknown', side: null } },
        errors: [{ path: ['shelf', 'side', 'author'] }],
      },
      {
        it: 'is no error for an entity that its owner does not know where all may be null',
        query: '{ shelf(id: "unknown") { side { title subtitle } maybe { title } books { title } } }',
        data: {
          shelf: {
            side: { title: null, subtitle: null },
            maybe: [{ title: 'title ok' }, { title: null }, null, { title: null }],
            books: [{ title: 'title ok' }, { title: null }, { title: 'title ok' }],
          },
        },
      },
      {
        it: 'is reported for an author that is missing in the third subgraph',
        query: '{ shelf(id: "unknown-author") { side { title author { name } } } }',
        data: { shelf: { side: null } },
        errors: [{ path: ['shelf', 'side', 'author', 'name'] }],
      },
      {
        it: 'is one error a place when an entity that failed stands in several',
        query: '{ shelf(id: "bad-title") { side { title } t: top { title } maybe { title } } }',
        data: {
          shelf: {
            side: { title: null },
            t: { title: null },
            maybe: [{ title: 'title ok' }, { title: null }, null, { title: null }],
          },
        },
        errors: [
          { path: ['shelf', 'side', 'title'], code: 'BROKEN' },
          { path: ['shelf', 't', 'title'], code: 'BROKEN' },
          { path: ['shelf', 'maybe', 1, 'title'], code: 'BROKEN' },
          { path: ['shelf', 'maybe', 3, 'title'], code: 'BROKEN' },
        ],
      },
      {
        it: 'is one error a place when what failed stands below an entity in several',
        query: '{ shelf(id: "bad-born") { maybe { e: editor { born } } s: side { editor { b: born id } } } }',
        data: {
          shelf: {
            maybe: [{ e: { born: 1950 } }, { e: { born: null } }, null, { e: { born: null } }],
            s: { editor: { b: null, id: 'bad-born' } },
          },
        },
        errors: [
          { path: ['shelf', 'maybe', 1, 'e', 'born'], code: 'BROKEN' },
          { path: ['shelf', 'maybe', 3, 'e', 'born'], code: 'BROKEN' },
          { path: ['shelf', 's', 'editor', 'b'], code: 'BROKEN' },
        ],
      },
      {
        it: 'rises apart at each place of one entity',
        query: '{ shelf(id: "bad-name") { maybe { editor { name } } s: side { id author { name } } } }',
        data: {
          shelf: { maybe: [{ editor: { name: 'name of ok' } }, { editor: null }, null, { editor: null }], s: null },
        },
        errors: [
          { path: ['shelf', 'maybe', 1, 'editor', 'name'], code: 'BROKEN' },
          { path: ['shelf', 'maybe', 3, 'editor', 'name'], code: 'BROKEN' },
          { path: ['shelf', 's', 'author', 'name'], code: 'BROKEN' },
        ],
      },
      {
        it: 'leaves what else was asked of the second subgraph',
        query: '{ shelf(id: "bad-title") { side { title subtitle author { id name } } } }',
        data: {
          shelf: {
            side: { title: null, subtitle: 'subtitle', author: { id: 'bad-title', name: 'name of bad-title' } },
          },
        },
        errors: [{ path: ['shelf', 'side', 'title'], code: 'BROKEN' }],
      },
      {
        it: 'is told apart from item to item',
        query: '{ shelves(ids: ["ok", "bad", "no-number", "no-label"]) { id number label top { author { id } } } }',
        data: {
          shelves: [
            { id: 'ok', number: 1, label: 'label ok', top: { author: { id: 'a' } } },
            null,
            null,
            { id: 'no-label', number: 1, label: null, top: { author: { id: 'no-label' } } },
          ],
        },
        errors: [
          { path: ['shelves', 1, 'top', 'author'], code: 'BROKEN' },
          { path: ['shelves', 2, 'number'], code: 'BROKEN' },
          { path: ['shelves', 3, 'label'], code: 'BROKEN' },
        ],
      },
      {
        it: 'lets nobody be asked about what it took along',
        query: '{ strict(ids: ["bad-title", "no-number"]) { number side { title } } fine }',
        data: { strict: null, fine: 'fine' },
        errors: [{ path: ['strict', 1, 'number'], code: 'BROKEN' }],
        sent: { library: 1 },
      },
    ],
  );
});

describe('an entity whose reference fails', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'has nulls for what its owner would have said, or is null itself, with an error at its place',
        query: '{ shelf(id: "bad-book") { id side { author { id } } } }',
        data: { shelf: { id: 'bad-book', side: null } },
        errors: [{ path: ['shelf', 'side'], code: 'BROKEN' }],
      },
      {
        it: 'spoils its own item alone',
        query: '{ shelf(id: "bad-book") { maybe { title } } }',
        data: { shelf: { maybe: [{ title: 'title ok' }, null, null, null] } },
        errors: [
          { path: ['shelf', 'maybe', 1], code: 'BROKEN' },
          { path: ['shelf', 'maybe', 3], code: 'BROKEN' },
        ],
      },
    ],
  );
});
