import { type App, startApp } from '../app.ts';
import { ConfigError, DEFAULT_PORT, loadConfig, readConfig } from '../config.ts';
import { OperationsError } from '../gateway/front/operations-file.ts';
import { LoadError, startSandbox } from '../sandbox/index.ts';
import { life } from '../sandbox/life.ts';
import { StoreError, type StoreSettings } from '../store/index.ts';
import { optionsOf, portOf, print, refuse, refusing, stopOnSignal } from './line.ts';

const USAGE = `Usage: npm start [-- --config FILE] [--port N] [--data DIR ...]

  --config FILE  the sources to serve (see README, Configuration); without it, the sandbox
  --port N       where to listen, 4000 by default
  --data DIR     a folder of FHIR NDJSON for the sandbox to load instead of its own people; may be repeated

Other commands: gateway, subgraph, sandbox; each explains itself with --help.
`;

const OPTIONS = {
  config: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

const WRITES = { on: '', shadow: ' (writes are rehearsed only)', off: ' (no writes)' } as const;

const placeOf = (store: StoreSettings): string => {
  if (store.kind === 'memory') return 'in memory, as long as this process runs';
  return store.kind === 'folder' ? `in the folder ${store.path}` : 'in the database of DATABASE_URL';
};

/** How often something happens at one of the sandbox's practices. */
const LIFE_MS = 3_000;

const greet = (app: App): void => {
  print('');
  if (app.explorerUrl === undefined)
    print('  GraphiQL    off (set gateway.explorer: true in the configuration to switch it on)');
  else print(`  GraphiQL    ${app.explorerUrl}`);
  print(`  the graph   ${app.graphUrl}`);
  print('');
  const width = Math.max(12, ...app.config.sources.map(({ id }) => id.length + 2));
  for (const { id, name, vendor, baseUrl, writes } of app.config.sources)
    print(`  ${id.padEnd(width)}${name}, ${vendor} at ${baseUrl}${WRITES[writes]}`);
  print(`\n  Writes are recorded ${placeOf(app.config.store)}.`);
  print('');
  print('Stop with Ctrl+C.');
};

/** The command without a name: gateway and subgraphs in one process. @throws Refusal */
export const runEverything = (args: readonly string[]): Promise<void> =>
  refusing([ConfigError, LoadError, OperationsError, StoreError], async () => {
    const { config: file, port: portText, data, help } = optionsOf(args, { options: OPTIONS }, USAGE).values;
    if (help === true) return print(USAGE);
    if (file !== undefined && data !== undefined) refuse('--data belongs to the sandbox; it cannot go with --config.');
    const port = portOf(portText);
    const sandbox =
      file === undefined
        ? await startSandbox({
            ...(data === undefined ? {} : { data }),
            fixedPorts: true,
            // vendors cannot be told of a port that is not known yet
            ...(port === 0 ? {} : { publicUrl: `http://127.0.0.1:${port ?? DEFAULT_PORT}` }),
          })
        : undefined;
    if (sandbox?.report !== undefined) print(sandbox.report.text);
    const read = file === undefined ? readConfig(sandbox?.config, process.env) : await loadConfig(file, process.env);
    const config = port === undefined ? read : { ...read, gateway: { ...read.gateway, port } };
    const app = await startApp(config);
    print(
      sandbox === undefined
        ? 'PracticeGraph is running.'
        : 'PracticeGraph is running, over a sandbox of three vendors where something happens every few seconds.',
    );
    greet(app);
    const living = sandbox === undefined ? undefined : await life(sandbox, { every: LIFE_MS });
    stopOnSignal(async () => {
      await living?.stop();
      await app.close();
      await sandbox?.close();
    });
  });
