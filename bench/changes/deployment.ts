import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopped } from '../vendors/stopped.ts';
import type { Place } from '../writes/stores.ts';
import type { Counts } from './product.ts';
import type { Sabotage } from './sabotage.ts';

/** It opens its store and composes a supergraph; that takes longer on a busy machine. */
const START_MS = 60_000;
const COUNTS_MS = 20_000;
/** What is configured for every source, so that the product's own limits do not decide the figures. */
const LIMITS = { perSecond: 10_000, perDay: 100_000_000, concurrency: 256 } as const;

/** A port of this machine that nobody listened on a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
};

export interface DeploymentOptions {
  readonly config: { readonly sources: readonly object[]; readonly gateway: object };
  readonly store: Place;
  readonly port: number;
  readonly everyMs: number;
  readonly sabotage?: Sabotage | undefined;
}

/** Which feeds are read: all of them, those that keep subscriptions at a vendor, or none. */
export type Feeds = 'all' | 'keeping' | 'none';

/** The product over one store at one address, whichever process it is at the moment. */
export class Deployment {
  readonly url: string;
  readonly #options: DeploymentOptions;
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #told = new EventEmitter();
  #child: ChildProcess | undefined;

  private constructor(options: DeploymentOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${options.port}/graphql`;
    // what one process tells page by page, another one must be able to go on with
    const PRACTICEGRAPH_CURSOR_SECRET = randomBytes(32).toString('hex');
    this.#environment = { PRACTICEGRAPH_CURSOR_SECRET, ...options.store.environment };
  }

  /** Writes the configuration down, and starts a process. */
  static async start(options: DeploymentOptions, feeds: Feeds = 'all'): Promise<Deployment> {
    const folder = await mkdtemp(join(tmpdir(), 'practicegraph-changes-'));
    const { config, store } = options;
    const sources = config.sources.map((source) => ({ ...source, limits: LIMITS }));
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, sources, store: store.config }), {
      mode: 0o600,
    });
    const deployment = new Deployment(options, folder);
    try {
      await deployment.start(feeds);
    } catch (failure) {
      await deployment.remove();
      throw failure;
    }
    return deployment;
  }

  get socketUrl(): string {
    return this.url.replace('http', 'ws');
  }

  /** Starts a process, and waits until it serves; the milliseconds that it took. @throws when it does not */
  async start(feeds: Feeds = 'all'): Promise<number> {
    const { port, everyMs, sabotage } = this.#options;
    const from = performance.now();
    const more = ['--feeds', feeds, ...(sabotage === undefined ? [] : ['--sabotage', sabotage])];
    const child = fork(
      join(import.meta.dirname, 'product.ts'),
      ['--config', join(this.#folder, 'config.json'), '--port', `${port}`, '--every', `${everyMs}`, ...more],
      {
        execArgv: ['--enable-source-maps', '--max-semi-space-size=64'],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { ...process.env, ...this.#environment, NODE_ENV: 'production' },
      },
    );
    this.#child = child;
    child.on('message', ({ counts }: { readonly counts?: Counts }) => {
      if (counts !== undefined) this.#told.emit('counts', counts);
    });
    const gone = once(child, 'exit').then(() => undefined);
    const word = await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(START_MS) }), gone]);
    if (word === undefined) throw new Error('The product did not start.');
    return performance.now() - from;
  }

  async counts(): Promise<Counts> {
    const told = once(this.#told, 'counts', { signal: AbortSignal.timeout(COUNTS_MS) });
    this.#child?.send('counts');
    const [counts] = (await told) as [Counts];
    return counts;
  }

  /** Ends the process at once, with whatever it is doing. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    if (this.#child !== undefined) await stopped(this.#child);
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
