import { expect, it } from 'vitest';
import { Cursors } from './cursor.ts';

const cursors = new Cursors('a secret of the test');

it('gives a position back to the search that it was made for', () => {
  const cursor = cursors.write('patients/{"lastName":"Rivera"}', { lakeside: '3' });
  expect(cursors.read('patients/{"lastName":"Rivera"}', cursor)).toEqual({ lakeside: '3' });
});

it('makes the same cursor of the same position, and shows nothing of it', () => {
  const cursor = cursors.write('s', 'https://fhir.example.org/Patient?family=Rivera&page=2');
  expect(cursors.write('s', 'https://fhir.example.org/Patient?family=Rivera&page=2')).toBe(cursor);
  expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('Rivera');
});

const good = cursors.write('s', 'x');
it.each([
  ['of another search', 'other', good],
  ['of another deployment', 's', new Cursors('another').write('s', 'x')],
  ['that was changed', 's', `${good.slice(0, -2)}${good.endsWith('AA') ? 'BB' : 'AA'}`],
  ['that was cut', 's', good.slice(0, 20)],
  ['that was made up', 's', 'bm90IGEgY3Vyc29y'],
  ['that is empty', 's', ''],
  ['with foreign characters', 's', '{"page":2}'],
])('refuses a cursor %s', (_case, scope, cursor) => {
  expect(() => cursors.read(scope, cursor)).toThrow(
    expect.objectContaining({ code: 'VALIDATION', issues: [expect.objectContaining({ path: ['after'] })] }),
  );
});
