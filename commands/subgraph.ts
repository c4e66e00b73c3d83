import { besides, openSubgraphs } from '../app.ts';
import { type Config, ConfigError, loadConfig, readConfig } from '../config.ts';
import { Metrics } from '../metrics.ts';
import { StoreError } from '../store/index.ts';
import { type LocalSubgraph, VENDORS } from '../subgraphs/index.ts';
import { startService } from '../subgraphs/service/server.ts';
import { optionsOf, portOf, print, refuse, refusing, stopOnSignal, warn } from './line.ts';
import { CONTEXT_SECRET, CURSOR_SECRET, sandboxSecret, sharedSecret } from './secrets.ts';

const NAMES: readonly string[] = ['hub', ...VENDORS.map(({ name }) => name)];

const USAGE = `Usage: npm run subgraph -- NAME [--port N] [--host H] [--config FILE]

  NAME           ${NAMES.join(', ')}
  --port N       where to listen, 4001 by default
  --host H       127.0.0.1 by default
  --config FILE  the sources to serve; without it, those of a sandbox on this machine (see the command sandbox)

It answers only what the gateway signed: ${CONTEXT_SECRET} must be the same in all processes, and
${CURSOR_SECRET} too. Over the sandbox both may be left out. To write and to subscribe, all must share a database:
DATABASE_URL.
`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean' },
} as const;

interface Settings {
  readonly config: Config;
  readonly secret: string;
}

/** Over a configuration both secrets must be set; over the sandbox a known one will do, on this machine alone. */
const settingsOf = async (file: string | undefined, host: string): Promise<Settings> => {
  const { env } = process;
  if (file === undefined) {
    const secret = sandboxSecret(CONTEXT_SECRET, env, [host]);
    const cursor = sandboxSecret(CURSOR_SECRET, env, [host]);
    const { fixedConfig } = await import('./sandbox.ts');
    return { config: readConfig(fixedConfig(), { ...env, [CURSOR_SECRET]: cursor }), secret };
  }
  const config = await loadConfig(file, env);
  sharedSecret(CURSOR_SECRET, env); // a cursor made by one process is read by another
  return { config, secret: sharedSecret(CONTEXT_SECRET, env) };
};

const named = async (
  name: string,
  config: Config,
  meter: Metrics,
): Promise<{ readonly subgraph: LocalSubgraph; stop(): void; close(): Promise<void> }> => {
  // a folder belongs to one process: what several write to must be a database
  const store = config.store.kind === 'postgres' ? {} : { store: 'none' as const };
  const { subgraphs, stop, close } = await openSubgraphs(config, { ...store, carries: name, watch: true, meter });
  const subgraph = subgraphs.find((one) => one.name === name);
  return {
    subgraph: subgraph ?? refuse(`There is no subgraph of this name; there are ${NAMES.join(', ')}.`),
    stop,
    close,
  };
};

/** The command `subgraph`: one of this project's subgraphs as a service. @throws Refusal */
export const runSubgraph = (args: readonly string[]): Promise<void> =>
  refusing([ConfigError, StoreError], async () => {
    const { values, positionals } = optionsOf(args, { options: OPTIONS, allowPositionals: true }, USAGE);
    if (values.help === true) return print(USAGE);
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) return refuse(`Name one subgraph: ${NAMES.join(', ')}.`);
    if (!NAMES.includes(name)) refuse(`There is no subgraph of this name; there are ${NAMES.join(', ')}.`);
    const port = portOf(values.port) ?? 4001;
    const host = values.host ?? '127.0.0.1';
    const { config, secret } = await settingsOf(values.config, host);
    const metrics = new Metrics();
    const { subgraph, stop, close } = await named(name, config, metrics);
    const service = await startService({ subgraph, host, port, secret, besides: besides([subgraph], metrics, config) });
    print(`PracticeGraph’s subgraph ${name} is running.\n`);
    print(`  the subgraph   ${service.url}/graphql\n`);
    if (config.store.kind !== 'postgres')
      warn('No database is shared (DATABASE_URL): there are no writes, no webhooks, and nobody is told what changes.');
    stopOnSignal(async () => {
      stop();
      await service.close();
      await close();
    });
  });
