#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { type App, startApp } from './app.ts';
import { ConfigError, loadConfig, readConfig } from './config.ts';
import { LoadError, startSandbox } from './sandbox/index.ts';

const USAGE = `Usage: npm start [-- --config FILE] [--port N] [--data DIR ...]

  --config FILE  the sources to serve (see README, Configuration); without it, the sandbox
  --port N       where to listen, 4000 by default
  --data DIR     a folder of FHIR NDJSON for the sandbox to load instead of its own people; may be repeated
`;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const fail = (text: string): never => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const options = () => {
  try {
    return parseArgs({
      options: {
        config: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string', multiple: true },
        help: { type: 'boolean' },
      },
    }).values;
  } catch {
    return fail(`Unknown or incomplete option.\n\n${USAGE}`);
  }
};

const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : fail('--port must be a number from 0 to 65535.');
};

const greet = (app: App): void => {
  print('');
  if (app.explorerUrl === undefined)
    print('  GraphiQL    off (set gateway.explorer: true in the configuration to switch it on)');
  else print(`  GraphiQL    ${app.explorerUrl}`);
  print(`  the graph   ${app.graphUrl}`);
  print('');
  const width = Math.max(12, ...app.config.sources.map(({ id }) => id.length + 2));
  for (const { id, name, vendor, baseUrl } of app.config.sources)
    print(`  ${id.padEnd(width)}${name}, ${vendor} at ${baseUrl}`);
  print('');
  print('Stop with Ctrl+C.');
};

const run = async (): Promise<void> => {
  const { config: file, port: portText, data, help } = options();
  if (help === true) return print(USAGE);
  if (file !== undefined && data !== undefined) fail('--data belongs to the sandbox; it cannot go with --config.');
  const port = portOf(portText);
  const sandbox =
    file === undefined ? await startSandbox({ ...(data === undefined ? {} : { data }), fixedPorts: true }) : undefined;
  if (sandbox?.report !== undefined) print(sandbox.report.text);
  const read = file === undefined ? readConfig(sandbox?.config, process.env) : await loadConfig(file, process.env);
  const config = port === undefined ? read : { ...read, gateway: { ...read.gateway, port } };
  const app = await startApp(config);
  print(
    sandbox === undefined ? 'PracticeGraph is running.' : 'PracticeGraph is running, over a sandbox of three vendors.',
  );
  greet(app);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    print('Stopping: answering what has begun.');
    await app.close();
    await sandbox?.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

run().catch((error: unknown) => {
  if (error instanceof ConfigError || error instanceof LoadError) fail(error.message);
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') fail(`Port ${port} is taken. Choose another with --port.`);
  fail(error instanceof Error ? (error.stack ?? error.message) : 'Could not start.');
});
