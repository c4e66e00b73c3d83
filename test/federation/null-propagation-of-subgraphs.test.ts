import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forget } from './cases.ts';
import type { Federation, Raw } from './kit.ts';
import { ids, startLibrary } from './library.ts';

/** How subgraphs fail as a whole at the moment. */
const broken = new Map<string, Raw | 'break'>();
const DOWN: Raw = { status: 503, body: 'Service Unavailable', type: 'text/plain' };

let federation: Federation;
beforeAll(async () => {
  federation = await startLibrary(broken);
});
afterAll(() => federation.close());
beforeEach(() => broken.clear());

describe('a subgraph that fails as a whole', () => {
  const cases = [
    {
      it: 'makes its root fields null, one error each, and no others',
      broken: 'library',
      query: '{ f: fine name books { title } g: shelf { id label } someone { name } }',
      data: { f: null, name: null, books: [{ title: 'title ok' }], g: null, someone: { name: 'name of a' } },
      paths: [['f'], ['g'], ['name']],
    },
    {
      it: 'makes all data null where one of its root fields may not be',
      broken: 'library',
      query: '{ must { id } someone { name } }',
      data: null,
      paths: [['must']],
    },
    {
      it: 'makes the fields null that it would have brought, one error each',
      broken: 'books',
      query: '{ shelf { id side { id t: title subtitle } } fine }',
      data: { shelf: { id: 'ok', side: { id: 'ok', t: null, subtitle: null } }, fine: 'fine' },
      paths: [
        ['shelf', 'side', 'subtitle'],
        ['shelf', 'side', 't'],
      ],
    },
    {
      it: 'makes the object null whose field may not be',
      broken: 'books',
      query: '{ shelf { id side { author { id } } } fine }',
      data: { shelf: { id: 'ok', side: null }, fine: 'fine' },
      paths: [['shelf', 'side', 'author']],
    },
    {
      it: 'makes the list null whose items’ field may not be, with one error',
      broken: 'books',
      query: '{ shelf { id books { author { id } } } fine }',
      data: { shelf: { id: 'ok', books: null }, fine: 'fine' },
      paths: [['shelf', 'books', 0, 'author']],
    },
    {
      it: 'is reported at every place that waits for it',
      broken: 'books',
      query: '{ shelf(id: "x") { maybe { id title } } }',
      data: {
        shelf: { maybe: [{ id: 'ok', title: null }, { id: 'x', title: null }, null, { id: 'x', title: null }] },
      },
      paths: [
        ['shelf', 'maybe', 0, 'title'],
        ['shelf', 'maybe', 1, 'title'],
        ['shelf', 'maybe', 3, 'title'],
      ],
    },
    {
      it: 'is reported at the end of a chain where the fields are',
      broken: 'people',
      query: '{ shelf { side { title editor { id born } } } }',
      data: { shelf: { side: { title: 'title ok', editor: { id: 'ok', born: null } } } },
      paths: [['shelf', 'side', 'editor', 'born']],
    },
    {
      it: 'is reported at every place of an entity below another',
      broken: 'people',
      query: '{ shelf(id: "x") { maybe { editor { id born } } } }',
      data: {
        shelf: {
          maybe: [
            { editor: { id: 'ok', born: null } },
            { editor: { id: 'x', born: null } },
            null,
            { editor: { id: 'x', born: null } },
          ],
        },
      },
      paths: [0, 1, 3].map((i) => ['shelf', 'maybe', i, 'editor', 'born']),
    },
    {
      it: 'lets nobody be asked about what it did not answer',
      broken: 'books',
      query: '{ shelf { side { editor { born } } } }',
      data: { shelf: { side: { editor: null } } },
      paths: [['shelf', 'side', 'editor']],
      unasked: 'people',
    },
    {
      it: 'does not matter for what it would not have brought',
      broken: 'books',
      query: '{ shelf { side { id } books { id } } }',
      data: { shelf: { side: { id: 'ok' }, books: ids('ok', 'ok', 'ok') } },
      paths: [],
    },
  ];
  const ways: readonly (readonly [string, Raw | 'break'])[] = [
    ['by breaking off', 'break'],
    ['with a server error', DOWN],
    ['with HTML', { status: 200, body: '<html><body>hello</body></html>', type: 'text/html' }],
    ['with an error that has no path', { status: 200, body: '{"data":null,"errors":[{"message":"No."}]}' }],
    ['with an error and no data', { status: 400, body: '{"errors":[{"message":"No."}]}' }],
    [
      'with an error whose path is null',
      { status: 200, body: '{"data":null,"errors":[{"message":"No.","path":null}]}' },
    ],
  ];
  describe.each(ways)('%s', (_, raw) => {
    it.each(cases)('$it', async (one) => {
      broken.set(one.broken, raw);
      forget(federation);
      const { status, data, errors = [] } = await federation.ask(one.query);
      expect(status).toBe(200);
      expect(JSON.stringify(data)).toBe(JSON.stringify(one.data));
      expect(errors.map(({ path }) => path).sort((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(one.paths);
      if (one.unasked !== undefined) expect(federation.received[one.unasked]).toEqual([]);
    });
  });

  it('is asked again by the next operation', async () => {
    broken.set('books', DOWN);
    expect((await federation.ask('{ shelf { side { title } } }')).data.shelf.side.title).toBeNull();
    broken.clear();
    expect((await federation.ask('{ shelf { side { title } } }')).data.shelf.side.title).toBe('title ok');
  });
});
