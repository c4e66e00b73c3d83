import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the processes tell the bench, one thing a message. */
export interface Tellings {
  /** Where it answers. */
  readonly url: string;
  readonly usage: Usage;
  /** Events that every subscriber has got. */
  readonly passed: number;
  /** When, in milliseconds since the epoch, the reader that stops has stopped. */
  readonly stopped: number;
  /** When the gateway let go of that reader's events. */
  readonly givenUp: number;
  /** How that reader's connection ended, seen when it read again. */
  readonly closed: string;
  readonly outcome: unknown;
}

/** What the bench tells them. */
export interface Orders {
  readonly allow?: number;
  readonly usage?: true;
  /** Together with it: what is not held any more is let go of before. */
  readonly collect?: boolean;
  readonly resume?: true;
  readonly stop?: true;
}

export interface Usage {
  readonly rss: number;
  readonly heapUsed: number;
  /** Milliseconds of processor time since the process began, of all its threads. */
  readonly cpuMs: number;
}

const STOP_MS = 10_000;

/** A process of the bench's own, from its side. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #told = new EventEmitter();
  readonly #left: Promise<unknown>;

  constructor(file: string, args: readonly string[], nodeOptions: readonly string[] = []) {
    this.#child = fork(file, args, {
      env: { ...process.env, NODE_ENV: 'production' },
      execArgv: [...nodeOptions],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#left = once(this.#child, 'exit');
    this.#child.on('message', (telling: Partial<Tellings>) => {
      for (const [name, value] of Object.entries(telling)) this.#told.emit(name, value);
    });
    this.#child.on('exit', () => this.#told.emit('error', new Error(`${file} has ended.`)));
    // only whoever waits for a word of it has to know
    this.#told.on('error', () => undefined);
  }

  on<Name extends keyof Tellings>(name: Name, hear: (value: Tellings[Name]) => void): void {
    this.#told.on(name, hear);
  }

  /** Its next word of that kind. @throws when it ends before, or says nothing for so long. */
  async next<Name extends keyof Tellings>(name: Name, ms: number): Promise<Tellings[Name]> {
    const [value] = (await once(this.#told, name, { signal: AbortSignal.timeout(ms) })) as [Tellings[Name]];
    return value;
  }

  tell(orders: Orders): void {
    if (this.#child.connected) this.#child.send(orders);
  }

  async stop(): Promise<void> {
    this.tell({ stop: true });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#left;
    clearTimeout(timer);
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bench, from a process's side: it answers about its usage, and ends with the bench or when told to. */
export const tell = (telling: Partial<Tellings>): void => {
  process.send?.(telling);
};

export const obey = (take: (orders: Orders) => void = () => undefined): void => {
  const end = (): never => process.exit(0);
  process.on('SIGTERM', end);
  // the bench itself ends by it, and says so
  process.on('SIGINT', () => undefined);
  process.on('disconnect', end);
  process.on('message', (orders: Orders) => {
    if (orders.stop === true) end();
    if (orders.usage === true) {
      if (orders.collect === true) collect();
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      tell({ usage: { rss, heapUsed, cpuMs: (user + system) / 1_000 } });
    }
    take(orders);
  });
};
