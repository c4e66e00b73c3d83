import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopped } from '../vendors/stopped.ts';
import type { Usage } from './usage.ts';

/** It composes a supergraph; that takes longer on a busy machine. */
const START_MS = 60_000;
const USAGE_MS = 20_000;
const MOST_COMPLAINTS = 4_000;

/** The product as its users run it: the built command, with a configuration file. */
export class Product {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, url: string, folder: string) {
    this.#child = child;
    this.url = url;
    this.#folder = folder;
  }

  /** @throws Error with its last words when it does not start. */
  static async start(config: object, nodeOptions: readonly string[] = []): Promise<Product> {
    const folder = await mkdtemp(join(tmpdir(), 'practicegraph-load-'));
    const file = join(folder, 'sources.yaml');
    // every JSON document is a YAML document
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    const child = spawn(
      process.execPath,
      [
        ...nodeOptions,
        ...[
          '--max-semi-space-size=64',
          '--enable-source-maps',
          '--import',
          new URL('./usage.ts', import.meta.url).href,
        ],
        ...[join(import.meta.dirname, '..', '..', 'dist', 'main.js'), '--config', file, '--port', '0'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } },
    );
    try {
      return new Product(child, await greeting(child), folder);
    } catch (failure) {
      await stopped(child);
      await rm(folder, { recursive: true, force: true });
      throw failure;
    }
  }

  async usage(): Promise<Usage> {
    const told = once(this.#child, 'message', { signal: AbortSignal.timeout(USAGE_MS) });
    this.#child.send('usage');
    const [usage] = (await told) as [Usage];
    return usage;
  }

  async stop(): Promise<void> {
    await stopped(this.#child);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Waits until the product says where the graph is. */
const greeting = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const fail = (): void => reject(new Error(`The product did not start.\n${said.slice(-MOST_COMPLAINTS)}`));
    const timer = setTimeout(fail, START_MS);
    const hear = (chunk: Buffer): void => {
      said = `${said}${chunk.toString('utf8')}`.slice(-MOST_COMPLAINTS * 2);
      const [, url] = /the graph\s+(\S+)/.exec(said) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', () => {
      clearTimeout(timer);
      fail();
    });
  });
