import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { stopped } from '../vendors/stopped.ts';
import type { Made } from './checker.ts';
import type { Plan } from './maker.ts';
import type { SimulatorOrders, SimulatorTellings } from './simulators.ts';

type Ready = NonNullable<SimulatorTellings['ready']>;

/** Some seconds of generating people; longer on a busy machine. */
const START_MS = 60_000;

export interface PracticeOptions {
  readonly people: number;
  readonly seed: number;
  readonly publicUrl?: string;
}

/** The simulated practices, from the bench's side. */
export class Practices {
  readonly ready: Ready;
  /** Which version of what came to be when, so far. */
  readonly made: Made[] = [];
  readonly #child: ChildProcess;
  readonly #told = new EventEmitter();

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.ready = ready;
    child.on('message', ({ made = [], done }: SimulatorTellings) => {
      this.made.push(...made);
      if (done === true) this.#told.emit('done');
    });
  }

  static async start({ people, seed, publicUrl }: PracticeOptions): Promise<Practices> {
    const place = publicUrl === undefined ? [] : ['--public-url', publicUrl];
    const child = fork(
      join(import.meta.dirname, 'simulators.ts'),
      ['--people', `${people}`, '--seed', `${seed}`, ...place],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    const [{ ready }] = (await once(child, 'message', { signal: AbortSignal.timeout(START_MS) })) as [
      SimulatorTellings,
    ];
    if (ready === undefined) throw new Error('The simulators did not start.');
    return new Practices(child, ready);
  }

  /** Changes records that do not count, to see whether changes are told. */
  warm(): void {
    this.#tell({ warm: true });
  }

  /** Comes back when everything of the plan has happened. */
  async make(plan: Plan): Promise<void> {
    const done = once(this.#told, 'done');
    this.#tell({ make: plan });
    await done;
  }

  /** Calls that all simulators together have answered since they started. */
  async calls(): Promise<number> {
    const totals = await Promise.all(
      Object.values(this.ready.urls).map(async (url) => {
        const answer = (await this.control(url, 'GET', 'calls')) as { readonly total: number };
        return answer.total;
      }),
    );
    return totals.reduce((sum, total) => sum + total, 0);
  }

  async control(url: string, method: string, what: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${url}/_control/${what}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`A simulator refuses to be controlled: ${answer.status}.`);
    return answer.json();
  }

  stop(): Promise<void> {
    return stopped(this.#child);
  }

  #tell(orders: SimulatorOrders): void {
    this.#child.send(orders);
  }
}
