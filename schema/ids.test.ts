import { expect, it } from 'vitest';
import { parseId, recordId, sourceId } from './ids.ts';

it.each([
  ['springfield', 'Patient', '5001'],
  ['lakeside', 'Appointment', '8801@2025-03-10/x y%é'],
  ['mercy', 'Observation', 'a/b?c#d'],
] as const)('comes apart as it was put together: %s %s %s', (source, type, key) => {
  const id = recordId(sourceId(source), type, key);
  expect(parseId(id)).toEqual({ source, type, key });
  expect(id.split('/')).toHaveLength(3);
});

it('takes a source by its own id', () => {
  expect(parseId('springfield')).toEqual({ source: 'springfield', type: 'Source', key: 'springfield' });
});

it.each([
  ['nothing', ''],
  ['two parts', 'springfield/Patient'],
  ['four parts', 'springfield/Patient/1/2'],
  ['an unknown type', 'springfield/Invoice/1'],
  ['no key', 'springfield/Patient/'],
  ['no source', '/Patient/1'],
  ['a broken percent sequence', 'springfield/Patient/%E0%A4%A'],
  ['a key that is not encoded as we encode it', 'springfield/Patient/a b'],
  ['a thousand characters and more', `springfield/Patient/${'1'.repeat(2000)}`],
])('answers NOT_FOUND for %s', (_case, id) => {
  expect(() => parseId(id)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});
