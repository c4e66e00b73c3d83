import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Answer, Federation } from './kit.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The machine's own node may be older than what the product runs on. */
const NODE = `${ROOT}node_modules/.bin/node`;
/** Long enough for a laden machine; a start takes about a second. */
const START_MS = 60_000;

/** A running `gateway` command. */
export interface Gateway {
  /** Of its `/graphql`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Asks a GraphQL server over HTTP. */
export const askOver =
  (url: string): Federation['ask'] =>
  async (query, variables, more = {}) => {
    const { headers, ...rest } = more;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify({ query, variables, ...rest }),
    });
    return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
  };

/**
 * Runs the built `gateway` command until it says where it listens.
 * @throws Error with what the process wrote, when it ends instead.
 */
export const gatewayProcess = async (args: readonly string[]): Promise<Gateway> => {
  const child = spawn(NODE, ['--enable-source-maps', 'dist/main.js', 'gateway', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('The gateway does not start.')), START_MS);
    createInterface(child.stdout).on('line', (line) => {
      written.push(line);
      const found = /the graph\s+(http\S+)/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    });
    child.once('exit', () => {
      clearTimeout(late);
      reject(new Error(`The gateway ended:\n${written.join('\n')}`));
    });
  });
  return {
    url,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(hard);
    },
  };
};
