import type { AppOptions } from '../../app.ts';
import type { Config } from '../../config.ts';
import { compose } from '../../gateway/composition.ts';
import { Engine } from '../../gateway/engine.ts';
import { Flights } from '../../gateway/remote/flight.ts';
import { Signer } from '../../gateway/remote/sign.ts';
import { RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import { Cursors } from '../../schema/cursor.ts';
import { SCALARS } from '../../schema/scalars.ts';
import { buildSubgraphs } from '../../subgraphs/index.ts';
import { startService } from '../../subgraphs/service/server.ts';

export const TEST_SECRET = 'a secret that only these tests have and need';

/** `startEngine` with its subgraphs behind HTTP: each is served on a port of this machine, and asked through it. */
export const startRemoteEngine = async (
  config: Config,
  { now = Date.now, store = 'none' }: Pick<AppOptions, 'now' | 'store'> = {},
) => {
  const cursors = new Cursors(config.cursorSecret.reveal());
  const logs = store === 'none' ? {} : { journal: store.journal, changes: store.changes };
  const subgraphs = await buildSubgraphs(config.sources, { now, cursors, ...logs });
  const services = await Promise.all(
    subgraphs.map((subgraph) => startService({ subgraph, host: '127.0.0.1', port: 0, secret: TEST_SECRET, now })),
  );
  const flights = new Flights();
  const signer = new Signer(TEST_SECRET);
  const remotes = subgraphs.map(
    ({ name }, i) => new RemoteSubgraph({ name, url: `${services[i]?.url}/graphql`, flights, signer }),
  );
  return {
    engine: new Engine(compose(subgraphs), remotes, { scalars: SCALARS }),
    subgraphs,
    services,
    remotes,
    close: async (): Promise<void> => {
      await Promise.all(remotes.map((remote) => remote.close()));
      await Promise.all(services.map((service) => service.close()));
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    },
  };
};
