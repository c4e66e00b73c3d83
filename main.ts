#!/usr/bin/env node
import { Refusal, warn } from './commands/line.ts';

type Command = (args: readonly string[]) => Promise<void>;

/** Each command loads only what it needs: a gateway has no use for subgraphs, nor a subgraph for the gateway. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  gateway: async () => (await import('./commands/gateway.ts')).runGateway,
  subgraph: async () => (await import('./commands/subgraph.ts')).runSubgraph,
  sandbox: async () => (await import('./commands/sandbox.ts')).runSandbox,
};

const run = async (): Promise<void> => {
  const [name = '', ...rest] = process.argv.slice(2);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load !== undefined) return (await load())(rest);
  const { runEverything } = await import('./commands/start.ts');
  await runEverything(process.argv.slice(2));
};

run().catch((error: unknown) => {
  const { code, port } = error as { code?: string; port?: number };
  if (error instanceof Refusal) warn(error.message);
  else if (code === 'EADDRINUSE') warn(`Port ${port} is taken. Choose another with --port.`);
  else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') warn('The address of --host is not one of this machine.');
  else warn(error instanceof Error ? (error.stack ?? error.message) : 'Could not start.');
  process.exit(1);
});
