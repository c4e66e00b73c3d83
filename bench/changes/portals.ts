import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { stopped } from '../vendors/stopped.ts';
import type { CrowdOrders, CrowdOutcome, CrowdTellings } from './crowd.ts';

const ANSWER_MS = 120_000;

/** A crowd of portals in a process of its own, from the bench's side. */
export class Portals {
  readonly #child: ChildProcess;
  readonly #told = new EventEmitter();

  /** That begin behind a cursor. */
  constructor(url: string, sockets: number, after: string, seed: number) {
    const args = ['--url', url, '--sockets', `${sockets}`, '--after', after, '--seed', `${seed}`];
    this.#child = fork(join(import.meta.dirname, 'crowd.ts'), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (telling: CrowdTellings) => {
      for (const [name, value] of Object.entries(telling)) this.#told.emit(name, value);
    });
  }

  /** Events of each wish that all of them have got. */
  least(): Promise<readonly number[]> {
    return this.#asked({ progress: true }, 'least');
  }

  measure(): void {
    this.#tell({ measure: true });
  }

  /** Breaks so large a share of the connections off. */
  cut(share: number, awayMs: number): void {
    this.#tell({ cut: { share, awayMs } });
  }

  /** Ends all of them, and holds what each got against the cursors of each wish. */
  outcome(expected: readonly (readonly string[])[]): Promise<CrowdOutcome> {
    return this.#asked({ expected }, 'outcome');
  }

  stop(): Promise<void> {
    return stopped(this.#child);
  }

  async #asked<Name extends keyof CrowdTellings>(
    orders: CrowdOrders,
    name: Name,
  ): Promise<NonNullable<CrowdTellings[Name]>> {
    const told = once(this.#told, name, { signal: AbortSignal.timeout(ANSWER_MS) });
    this.#tell(orders);
    const [value] = (await told) as [NonNullable<CrowdTellings[Name]>];
    return value;
  }

  #tell(orders: CrowdOrders): void {
    this.#child.send(orders);
  }
}
