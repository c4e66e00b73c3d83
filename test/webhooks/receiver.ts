import { writeSync } from 'node:fs';
import Fastify from 'fastify';
import { sourceId } from '../../schema/ids.ts';
import { openStore } from '../../store/index.ts';
import { hookRoutes } from '../../subgraphs/service/hooks.ts';
import { Consumer } from '../../subgraphs/vendor/changes/consumer.ts';
import { PushingVendor } from '../../subgraphs/vendor/changes/fixture/pushing.ts';
import { hookOf } from '../../subgraphs/vendor/changes/hook.ts';
import { SILENT } from '../../subgraphs/vendor/changes/meter.ts';

/** Takes in the deliveries of a source, and brings them into the stream, until it is killed. Prints where it is reached. */
const [kind = '', where = '', schema = '', name = '', ...visits] = process.argv.slice(2);
const store = openStore(
  kind === 'folder' ? { kind, path: where } : { kind: 'postgres', url: { reveal: () => where }, schema },
);
await store.ready();
const id = sourceId(name);
const vendor = new PushingVendor(id);
for (const visit of visits) vendor.versions.set(visit, 1);
const source = vendor.source();
const shared = { push: vendor.push, changes: store.changes, meter: SILENT };
new Consumer({ source, ...shared, worker: `${process.pid}`, now: Date.now });
const app = Fastify({ forceCloseConnections: true });
app.register(async (scope) => hookRoutes(new Map([[name, hookOf({ source: id, ...shared })]]))(scope));
writeSync(1, `${await app.listen({ host: '127.0.0.1', port: 0 })}/hooks/${name}\n`);
