import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Logged } from '../../sandbox/calls.ts';
import type { Fault } from '../../sandbox/faults.ts';
import type { Ready } from './simulators.ts';
import { stopped } from './stopped.ts';

/** Some seconds of generating people; longer on a busy machine. */
const START_MS = 60_000;

/** What simulators have counted since they were told to begin anew. */
export interface Calls {
  readonly total: number;
  readonly byVendor: Readonly<Record<string, number>>;
  /** The most calls that all of them were answering at once, vendor by vendor. */
  readonly mostInFlight: Readonly<Record<string, number>>;
}

/** The simulated vendors, from the bench's side. */
export class Vendors {
  readonly ready: Ready;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  /** With so many people each, at that instant or now. */
  static async start(people: number, now?: string): Promise<Vendors> {
    const args = ['--people', `${people}`, ...(now === undefined ? [] : ['--now', now])];
    const child = fork(join(import.meta.dirname, 'simulators.ts'), args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [ready] = (await once(child, 'message', { signal: AbortSignal.timeout(START_MS) })) as [Ready];
    return new Vendors(child, ready);
  }

  /** Forgets what was counted, and misbehaves like this from now on. */
  async behave(faults: readonly Fault[]): Promise<void> {
    for (const url of Object.values(this.ready.urls)) {
      await this.#control(url, 'DELETE', 'faults');
      for (const fault of faults) await this.#control(url, 'POST', 'faults', fault);
      await this.#control(url, 'DELETE', 'calls');
    }
  }

  async calls(): Promise<Calls> {
    const counted = await Promise.all(
      Object.entries(this.ready.urls).map(async ([vendor, url]) => {
        const { total, mostInFlight } = (await this.#control(url, 'GET', 'calls')) as Record<string, number>;
        return { vendor, total: total ?? 0, mostInFlight: mostInFlight ?? 0 };
      }),
    );
    return {
      total: counted.reduce((sum, { total }) => sum + total, 0),
      byVendor: Object.fromEntries(counted.map(({ vendor, total }) => [vendor, total])),
      mostInFlight: Object.fromEntries(counted.map(({ vendor, mostInFlight }) => [vendor, mostInFlight])),
    };
  }

  /** The last calls of each, in order; times are of one clock. */
  async logs(): Promise<Readonly<Record<keyof Ready['urls'], readonly Logged[]>>> {
    const log = async (url: string): Promise<readonly Logged[]> =>
      ((await this.#control(url, 'GET', 'calls?log')) as { readonly log: readonly Logged[] }).log;
    const { unity, athenanet, fhir } = this.ready.urls;
    return { unity: await log(unity), athenanet: await log(athenanet), fhir: await log(fhir) };
  }

  async #control(url: string, method: string, what: string, body?: unknown): Promise<unknown> {
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
}
