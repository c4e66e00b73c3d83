import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerExplorer } from './assets.ts';

const FILES: Readonly<Record<string, string>> = {
  'built/index.html': '<!doctype html><title>PracticeGraph</title>',
  'built/assets/index-1a2b.js': 'export {};',
  'built/assets/index-3c4d.css': 'body {}',
  'built/assets/icon-5e6f.svg': '<svg/>',
  'built/assets/codicon-7a8b.ttf': 'font',
  'built/assets/notes': 'unknown kind',
  'secret.txt': 'not for the web',
};

let folder: string;
let app: FastifyInstance;
let unbuilt: FastifyInstance;

const started = async (root: string): Promise<FastifyInstance> => {
  const server = Fastify();
  registerExplorer(server, { root });
  await server.listen({ port: 0, host: '127.0.0.1' });
  return server;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explorer-'));
  await mkdir(join(folder, 'built/assets'), { recursive: true });
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(folder, name), content);
  await symlink(join(folder, 'secret.txt'), join(folder, 'built/link.txt'));
  app = await started(join(folder, 'built'));
  unbuilt = await started(join(folder, 'missing'));
});

afterAll(async () => {
  await app.close();
  await unbuilt.close();
  await rm(folder, { recursive: true });
});

describe('the explorer’s files', () => {
  it.each([
    ['/graphiql', 'text/html; charset=utf-8', 'built/index.html', 'no-cache'],
    ['/graphiql/', 'text/html; charset=utf-8', 'built/index.html', 'no-cache'],
    ['/graphiql/index.html', 'text/html; charset=utf-8', 'built/index.html', 'no-cache'],
    ['/graphiql/assets/index-1a2b.js', 'text/javascript; charset=utf-8', 'built/assets/index-1a2b.js', 'immutable'],
    ['/graphiql/assets/index-3c4d.css', 'text/css; charset=utf-8', 'built/assets/index-3c4d.css', 'immutable'],
    ['/graphiql/assets/icon-5e6f.svg', 'image/svg+xml; charset=utf-8', 'built/assets/icon-5e6f.svg', 'immutable'],
    ['/graphiql/assets/codicon-7a8b.ttf', 'font/ttf', 'built/assets/codicon-7a8b.ttf', 'immutable'],
    ['/graphiql/assets/notes', 'application/octet-stream', 'built/assets/notes', 'immutable'],
  ])('it serves %s as %s', async (url, type, file, caching) => {
    const response = await app.inject(url);
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe(type);
    expect(response.headers['cache-control']).toContain(caching);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.body).toBe(FILES[file]);
  });

  it.each([
    '/graphiql/assets',
    '/graphiql/assets/',
    '/graphiql/assets/index-9999.js',
    '/graphiql/assets/INDEX-1a2b.js',
    '/graphiql/link.txt',
    '/graphiql/../secret.txt',
    '/graphiql/%2e%2e/secret.txt',
    '/graphiql/..%2fsecret.txt',
    '/graphiql/assets/..%2f..%2fsecret.txt',
    '/graphiql/..%5csecret.txt',
    '/graphiql//etc/passwd',
    '/graphiql/index.html%00',
    '/graphiql/__proto__',
    '/graphiqlx',
  ])('it has nothing at %s', async (url) => {
    const response = await app.inject(url);
    expect(response.statusCode).toBe(404);
    expect(response.body).not.toContain(FILES['secret.txt']);
  });

  it('refuses other methods than reading', async () => {
    expect((await app.inject({ method: 'POST', url: '/graphiql', payload: {} })).statusCode).toBe(404);
    expect((await app.inject({ method: 'HEAD', url: '/graphiql' })).statusCode).toBe(200);
  });

  it('answers 304 to whoever has the file already, and only then', async () => {
    const { headers } = await app.inject('/graphiql');
    const etag = String(headers.etag);
    const ask = (tag: string) => app.inject({ url: '/graphiql', headers: { 'if-none-match': tag } });
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await ask(tag);
      expect(response.statusCode).toBe(304);
      expect(response.body).toBe('');
      expect(response.headers.etag).toBe(etag);
    }
    for (const tag of ['"other"', etag.slice(1, -1), '']) expect((await ask(tag)).statusCode).toBe(200);
    expect((await app.inject('/graphiql/assets/index-1a2b.js')).headers.etag).not.toBe(etag);
  });

  it('lets the page load and ask nothing but this server', async () => {
    const policy = String((await app.inject('/graphiql')).headers['content-security-policy']);
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
    expect(rules.get('default-src')).toEqual(["'none'"]);
    expect(rules.get('script-src')).toEqual(["'self'"]);
    expect(rules.get('connect-src')).toEqual(["'self'"]);
    expect(rules.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|blob:/);
  });

  it.each(['/graphiql', '/graphiql/', '/graphiql/assets/index-1a2b.js'])(
    'it says at %s how to build it when it is not built',
    async (url) => {
      const response = await unbuilt.inject(url);
      expect(response.statusCode).toBe(503);
      expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.body).toContain('npm run build');
    },
  );

  it('does not start on a folder that cannot be read as one', () => {
    expect(() => registerExplorer(Fastify(), { root: join(folder, 'secret.txt') })).toThrow();
  });
});
