import { connect } from 'node:net';
import { buildSchema } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { hookRoutes } from './hooks.ts';
import { startService } from './server.ts';

/** How a service ends the connection of a client that sends these bytes, and no more. */
const ended = async (bytes: string): Promise<string> => {
  const schema = buildSchema('type Query { id: ID }');
  const subgraph = { name: 'slow', sdl: '', schema, contextFor: () => ({}), close: async () => undefined };
  const besides = [hookRoutes(new Map([['mercy', async () => 204 as const]]))];
  const secret = 'a secret that is as long as it has to be';
  const service = await startService({ subgraph, besides, host: '127.0.0.1', port: 0, secret, requestMs: 200 });
  onTestFinished(() => service.close());
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(bytes);
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
};

const HEAD = 'POST /hooks/mercy HTTP/1.1\r\nHost: here\r\n';

it.each([
  ['a head', HEAD],
  ['a body', `${HEAD}Content-Length: 100\r\n\r\nhalf`],
  ['a body in parts', `${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`],
])('waits no longer than it says for %s that does not end', async (_what, bytes) => {
  expect(await ended(bytes)).toMatch(/^HTTP\/1\.1 408 /);
});
