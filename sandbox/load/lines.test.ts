import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderWith } from './fixture/folder.ts';
import { LoadError, linesOf, ndjsonFiles, objectOf } from './lines.ts';

const folders: { dispose(): Promise<void> }[] = [];
const folder = async (files: Parameters<typeof folderWith>[0]): Promise<string> => {
  const made = await folderWith(files);
  folders.push(made);
  return made.path;
};
afterEach(async () => {
  await Promise.all(folders.splice(0).map((made) => made.dispose()));
});

const read = async (content: Buffer): Promise<[number, string][]> => {
  const lines: [number, string][] = [];
  for await (const { number, text } of linesOf(join(await folder({ 'A.ndjson': content }), 'A.ndjson')))
    lines.push([number, text]);
  return lines;
};

describe('linesOf', () => {
  const wide = 'é€😀'.repeat(40_000);
  it.each([
    [
      'gives the lines with their numbers',
      '{"a":1}\n{"b":2}\n',
      [
        [1, '{"a":1}'],
        [2, '{"b":2}'],
      ],
    ],
    ['does not need a last line end', '{"a":1}', [[1, '{"a":1}']]],
    [
      'passes over blank lines and goes on counting',
      '\n{"a":1}\n  \n{"b":2}\n',
      [
        [2, '{"a":1}'],
        [4, '{"b":2}'],
      ],
    ],
    [
      'takes CR LF for one line end',
      '{"a":1}\r\n{"b":2}\r\n',
      [
        [1, '{"a":1}'],
        [2, '{"b":2}'],
      ],
    ],
    ['leaves a byte order mark out', '\uFEFF{"a":1}\n', [[1, '{"a":1}']]],
    ['keeps line separators that stand inside a text', '{"a":"x\u2028y\u2029z"}\n', [[1, '{"a":"x\u2028y\u2029z"}']]],
    [
      'puts characters together that a read divides',
      `{"a":"${wide}"}\n{"b":2}`,
      [
        [1, `{"a":"${wide}"}`],
        [2, '{"b":2}'],
      ],
    ],
  ])('%s', async (_title, content, expected) => {
    expect(await read(Buffer.from(content))).toEqual(expected);
  });
});

describe('objectOf', () => {
  it('keeps the digits of numbers', () => {
    const text = '{"a":1.00,"b":[1E-245,0.10],"c":"1.0","d":true,"e":12345678901234567890}';
    expect(objectOf({ file: 'A', number: 1, text })).toEqual({
      a: '1.00',
      b: ['1E-245', '0.10'],
      c: '1.0',
      d: true,
      e: '12345678901234567890',
    });
  });

  it.each(['{"name":"Secret"', '["Secret"]', '"Secret"', 'null', 'Secret'])(
    'refuses %s with the place and without the content',
    (text) => {
      const refused = () => objectOf({ file: 'Patient.ndjson', number: 7, text });
      expect(refused).toThrow(LoadError);
      expect(refused).toThrow(/^Patient\.ndjson, line 7: the line is not (JSON|a JSON object)$/);
    },
  );
});

describe('ndjsonFiles', () => {
  it('goes through folders in their order and files by name', async () => {
    const [one, other] = [
      await folder({ 'B.ndjson': [], 'A.ndjson': [], 'c.json': [] }),
      await folder({ 'A.ndjson': [] }),
    ];
    expect(await ndjsonFiles([other, one])).toEqual([
      join(other, 'A.ndjson'),
      join(one, 'A.ndjson'),
      join(one, 'B.ndjson'),
    ]);
  });

  it('refuses a folder that is not there, and one without such files', async () => {
    const empty = await folder({ 'a.txt': [] });
    await expect(ndjsonFiles([join(empty, 'missing')])).rejects.toThrow(/: the folder cannot be read$/);
    await expect(ndjsonFiles([empty])).rejects.toThrow(/: the folder holds no \.ndjson file$/);
  });
});
