import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** It opens its store and composes a supergraph; that takes longer on a busy machine. */
const START_MS = 60_000;
const MOST_COMPLAINTS = 4_000;
const ROOT = join(import.meta.dirname, '..', '..');

/** What all processes of one product are started with. */
export interface Deployment {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeOptions: readonly string[];
  remove(): Promise<void>;
}

/** Writes a configuration down, for any number of processes one after the other, or at once. */
export const deploy = async (
  config: object,
  environment: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<Deployment> => {
  const folder = await mkdtemp(join(tmpdir(), 'practicegraph-crashes-'));
  const file = join(folder, 'sources.yaml');
  // every JSON document is a YAML document
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  // what one process tells page by page, another one must be able to go on with
  const shared = { PRACTICEGRAPH_CURSOR_SECRET: randomBytes(32).toString('hex') };
  return {
    file,
    environment: { ...shared, ...environment },
    nodeOptions,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

/** One process of the built product. It ends with the bench, however that ends. */
export class ProductProcess {
  readonly startedAt = performance.now();
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  readonly #heard: Promise<string>;
  #url: string | undefined;
  #said = '';

  constructor({ file, environment, nodeOptions }: Deployment) {
    this.#child = fork(join(ROOT, 'dist', 'main.js'), ['--config', file, '--port', '0'], {
      execArgv: [
        ...['--enable-source-maps', '--import', new URL('../load/usage.ts', import.meta.url).href],
        ...nodeOptions,
      ],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...environment, NODE_ENV: 'production' },
    });
    this.ended = once(this.#child, 'exit').then(([code, signal]: (number | string | null)[]) => {
      this.#url = undefined;
      return code ?? signal ?? 'nothing';
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#heard = promise;
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#said = `${this.#said}${chunk.toString('utf8')}`.slice(-MOST_COMPLAINTS);
        const [, url] = /the graph\s+(\S+)/.exec(this.#said) ?? [];
        if (url !== undefined) resolve(url);
      });
  }

  /** Where its graph is. @throws while there is none: nobody else may be asked in its place */
  get url(): string {
    if (this.#url === undefined) throw new Error('No process serves the graph.');
    return this.#url;
  }

  get serves(): boolean {
    return this.#url !== undefined;
  }

  /** Waits until it serves; the milliseconds that it took. @throws with its last words when it does not */
  async serving(): Promise<number> {
    const late = AbortSignal.timeout(START_MS);
    const url = await Promise.race([
      this.#heard,
      this.ended.then(() => undefined),
      once(late, 'abort').then(() => undefined),
    ]);
    if (url === undefined) {
      await this.kill();
      throw new Error(`The product did not start.\n${this.#said}`);
    }
    this.#url = url;
    return performance.now() - this.startedAt;
  }

  /** Ends it at once, with whatever it is doing. */
  async kill(): Promise<void> {
    this.#url = undefined;
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** Tells it to stop; its exit code, or the signal that it took when it would not. */
  async stop(patienceMs: number): Promise<number | string> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    const code = await this.ended;
    clearTimeout(timer);
    return code;
  }
}
