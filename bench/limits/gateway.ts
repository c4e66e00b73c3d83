import { parseArgs } from 'node:util';
import { startServer } from '../../gateway/server.ts';
import { announce } from '../serve.ts';
import { engineOfLimits } from './graph.ts';
import { persistedTexts } from './measure.ts';
import { hashOf } from './ways.ts';

/**
 * The gateway in a process of its own. With --persisted it runs none but the bench's operations, among them those that
 * pass limits: the command's reader of such files would refuse a file with more tokens than a document may have.
 */
const { values } = parseArgs({ options: { persisted: { type: 'boolean' } } });
const texts = new Set(persistedTexts());
const server = await startServer({
  engine: engineOfLimits(),
  host: '127.0.0.1',
  port: 0,
  explorer: false,
  explorerRoot: import.meta.dirname,
  now: Date.now,
  authenticate: () => ({ subject: 'bench', scopes: ['*'], sources: 'all' }),
  ready: () => true,
  operations:
    values.persisted === true ? { texts, byId: new Map([...texts].map((text) => [hashOf(text), text])) } : undefined,
});
announce(server.url);
