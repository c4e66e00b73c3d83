import { describe, expect, it } from 'vitest';
import { patched, stepsOf } from './patch.ts';

const TEXT = '{"a":{"b":[1.50,2]},"c/d":"x","e~f":true}';

const run = (...steps: readonly object[]): string => patched(TEXT, stepsOf(JSON.stringify(steps)));

describe('a JSON Patch', () => {
  it.each([
    [{ op: 'add', path: '/a/b/1', value: 9 }, '{"a":{"b":[1.50,9,2]},"c/d":"x","e~f":true}'],
    [{ op: 'add', path: '/a/b/-', value: 9 }, '{"a":{"b":[1.50,2,9]},"c/d":"x","e~f":true}'],
    [{ op: 'add', path: '/g', value: { h: [1] } }, '{"a":{"b":[1.50,2]},"c/d":"x","e~f":true,"g":{"h":[1]}}'],
    [{ op: 'replace', path: '/c~1d', value: 'y' }, '{"a":{"b":[1.50,2]},"c/d":"y","e~f":true}'],
    [{ op: 'remove', path: '/e~0f' }, '{"a":{"b":[1.50,2]},"c/d":"x"}'],
    [{ op: 'remove', path: '/a/b/0' }, '{"a":{"b":[2]},"c/d":"x","e~f":true}'],
    [{ op: 'move', from: '/c~1d', path: '/g' }, '{"a":{"b":[1.50,2]},"e~f":true,"g":"x"}'],
    [{ op: 'copy', from: '/a/b', path: '/g' }, '{"a":{"b":[1.50,2]},"c/d":"x","e~f":true,"g":[1.50,2]}'],
    [{ op: 'test', path: '/a/b/1', value: 2 }, TEXT],
  ])('applies %j', (step, text) => {
    expect(run(step)).toBe(text);
  });

  it('leaves no empty list behind', () => {
    expect(run({ op: 'remove', path: '/a/b/0' }, { op: 'remove', path: '/a/b/0' })).toBe(
      '{"a":{},"c/d":"x","e~f":true}',
    );
  });

  it.each([
    [{ op: 'test', path: '/a/b/1', value: 3 }],
    [{ op: 'replace', path: '/g', value: 1 }],
    [{ op: 'remove', path: '/a/b/2' }],
    [{ op: 'add', path: '/a/b/3', value: 1 }],
    [{ op: 'add', path: '/a/b/01', value: 1 }],
    [{ op: 'add', path: '/g/h', value: 1 }],
    [{ op: 'add', path: '', value: {} }],
    [{ op: 'move', from: '/a', path: '/a/b/c' }],
    [{ op: 'add', path: '/__proto__', value: {} }],
  ])('fails on %j', (step) => {
    expect(() => run(step)).toThrow('The patch cannot be applied to the resource');
  });

  it.each(['', '{}', '[]', '[{"op":"add"}]', '[{"op":"add","path":"a","value":1}]', '[{"op":"move","path":"/a"}]'])(
    'is none: %s',
    (text) => {
      expect(() => stepsOf(text)).toThrow('The body is no JSON Patch');
    },
  );
});
