import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.ci']);

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/** The room a file is in: a vendor's folder, or the first folder; files at the top are `main`. */
const roomOf = (path: string): string => {
  const parts = relative(ROOT, path).split('/');
  if (parts.length === 1) return 'main';
  if (parts[0] === 'subgraphs') return parts.length === 2 ? 'subgraphs' : `subgraphs/${parts[1]}`;
  return parts[0] ?? '';
};

const VENDORS = ['unity', 'athenanet', 'fhir'].map((name) => `subgraphs/${name}`);

/** What each room may import besides itself. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  upstream: ['schema'],
  store: ['schema'],
  'subgraphs/federation': ['schema'],
  'subgraphs/vendor': ['schema', 'upstream', 'store', 'subgraphs/federation'],
  'subgraphs/service': ['schema', 'subgraphs/federation'],
  'subgraphs/hub': ['schema', 'upstream', 'store', 'subgraphs/federation'],
  ...Object.fromEntries(VENDORS.map((vendor) => [vendor, ['schema', 'upstream', 'subgraphs/vendor']])),
  subgraphs: ['schema', 'upstream', 'store', 'subgraphs/federation', 'subgraphs/vendor', 'subgraphs/hub', ...VENDORS],
  gateway: ['schema'],
  sandbox: [],
  commands: ['schema', 'store', 'subgraphs', 'subgraphs/service', 'gateway', 'sandbox', 'main'],
  main: [
    ...['schema', 'upstream', 'store', 'subgraphs', 'subgraphs/vendor', 'subgraphs/service', 'gateway', 'sandbox'],
    ...['test', 'commands'],
  ],
};

const arrows = sources(ROOT)
  .filter((path) => !path.endsWith('.test.ts') && !['test', 'bench'].includes(roomOf(path)))
  .flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(IMPORT)].map(([, target = '']) => ({
      file: relative(ROOT, path),
      from: roomOf(path),
      to: roomOf(resolve(dirname(path), target)),
    })),
  );

it('finds the imports of every room', () => {
  for (const room of Object.keys(MAY))
    expect(
      arrows.some(({ from }) => from === room),
      room,
    ).toBe(true);
});

it('points every import along the arrows of the design', () => {
  const wrong = arrows.filter(({ from, to }) => from !== to && MAY[from]?.includes(to) !== true);
  expect(wrong).toEqual([]);
});

it('keeps tests of product code out of the sandbox’s room, and the sandbox out of the product’s', () => {
  const mixed = arrows.filter(
    ({ from, to }) => (from === 'sandbox') !== (to === 'sandbox') && from !== 'main' && from !== 'commands',
  );
  expect(mixed).toEqual([]);
});
