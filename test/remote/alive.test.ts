import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../gateway/composition.ts';
import { type Started, start } from '../process.ts';
import { type OddServer, startOddServer } from './asking.ts';

const MIB = 1024 * 1024;

const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query { a: String }
type Mutation { b: String }`;

const endless = (response: ServerResponse): void => {
  const chunk = 'x'.repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

const BOMB = gzipSync(Buffer.alloc(300 * MIB, ' '));

type Mode = readonly [name: string, answer: (response: ServerResponse) => void, code: string];
const MODES: readonly Mode[] = [
  ['HTML', (response) => response.end('<html>Jane</html>'), 'BAD_VENDOR_ANSWER'],
  ['500', (response) => response.writeHead(500).end('Jane'), 'SOURCE_UNAVAILABLE'],
  ['a redirect', (response) => response.writeHead(302, { location: '/' }).end(), 'BAD_VENDOR_ANSWER'],
  ['an endless body', endless, 'BAD_VENDOR_ANSWER'],
  [
    'a body that unpacks to 300 MB',
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB),
    'BAD_VENDOR_ANSWER',
  ],
  ['nothing', (response) => void response.destroy(), 'SOURCE_UNAVAILABLE'],
  ['silence', () => undefined, 'TIMEOUT'],
  ['broken JSON', (response) => response.end('{"data":{"a":"Jane'), 'BAD_VENDOR_ANSWER'],
  ['JSON of another kind', (response) => response.end('{"a":"Jane"}'), 'BAD_VENDOR_ANSWER'],
];

/** Bytes of memory that a process has. */
const memoryOf = (pid: number | undefined): number => {
  if (process.platform !== 'linux') return Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`])) * 1024;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
};

let folder: string;
let server: OddServer;
let gateway: Started;
let url: string;
let mode: (response: ServerResponse) => void;
beforeAll(async () => {
  server = await startOddServer((response) => mode(response));
  folder = await mkdtemp(join(tmpdir(), 'practicegraph-'));
  const file = join(folder, 'supergraph.graphql');
  await writeFile(file, compose([{ name: 'odd', sdl, url: server.url }]));
  gateway = start(['gateway', '--supergraph', file, '--port', '0', '--timeout', '2000', '--subgraph-errors', 'shown']);
  url = await gateway.printed(/the graph +(\S+)/);
});
afterAll(async () => {
  await gateway?.kill();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = async (query = '{ a }') => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data: unknown; errors?: { path: unknown; extensions: { code: string } }[] };
};

describe('a gateway over a subgraph that misbehaves', () => {
  it.each(MODES)('answers with a code for %s', async (_name, answer, code) => {
    mode = answer;
    for (const [query, path] of [
      ['{ a }', 'a'],
      ['mutation { b }', 'b'],
    ] as const) {
      const answered = await ask(query);
      expect(answered.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([[[path], code]]);
      expect(answered.data).toEqual({ [path]: null });
      expect(JSON.stringify(answered)).not.toContain('Jane');
    }
  });

  it('has flat memory after dozens of endless answers', async () => {
    const many = async (times: number): Promise<number> => {
      for (let i = 0; i < times; i += 1) {
        mode = i % 2 === 0 ? endless : (MODES[4]?.[1] ?? endless);
        await ask();
      }
      return memoryOf(gateway.process.pid);
    };
    const first = await many(10);
    const last = await many(20);
    console.info(`${Math.round(first / MIB)} MiB after 10, ${Math.round(last / MIB)} MiB after 30`);
    expect(last).toBeLessThan(first + 150 * MIB);
    expect(last).toBeLessThan(700 * MIB);
  });

  it('is alive, and answers when the subgraph does', async () => {
    mode = (response) => response.end('{"data":{"a":"well"}}');
    expect(await ask()).toEqual({ data: { a: 'well' } });
    expect(gateway.process.exitCode).toBeNull();
    expect(gateway.text()).not.toMatch(/Jane|\n +at /);
  });
});
