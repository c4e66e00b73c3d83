import type { OperationContext, VendorCall } from '../../schema/context.ts';
import type { Claims, Trust } from './trust.ts';

/** Operations kept between two of their fetches; each holds what it has read, some hundred kilobytes at most. */
const MOST_IDLE = 1_000;

/** Milliseconds that an operation is kept after a fetch: as long as another subgraph's answer mostly takes. */
const IDLE_MS = 5_000;

/** Vendor calls kept for one operation that is explained: far more than any makes. */
const MOST_CALLS = 10_000;

/** One client's operation as this process takes part in it; its fetches share sessions and loaders. */
export class SharedOperation {
  readonly context: OperationContext;
  readonly #controller = new AbortController();
  readonly #deadline: NodeJS.Timeout;
  #calls: VendorCall[] = [];
  #inFlight = 0;
  #brokenOff = false;

  constructor({ id, caller, startedAt, deadline, explain, remaining }: Claims, now: () => number) {
    this.#deadline = setTimeout(() => this.#controller.abort(), remaining);
    this.context = {
      id,
      caller,
      startedAt,
      deadline,
      now,
      explain,
      headers: {},
      signal: this.#controller.signal,
      record: (made) => {
        if (explain && this.#calls.length < MOST_CALLS) this.#calls.push(made);
      },
    };
  }

  enter(): void {
    this.#inFlight += 1;
  }

  /** Ends one fetch; says what is to become of the operation. */
  leave(brokenOff: boolean): 'busy' | 'idle' | 'over' {
    this.#inFlight -= 1;
    this.#brokenOff ||= brokenOff;
    if (this.#inFlight > 0) return 'busy';
    return this.#brokenOff || this.context.signal.aborted ? 'over' : 'idle';
  }

  /** The vendor calls since this was last asked, so that each is told once. */
  takeCalls(): readonly VendorCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  /** Gives up what is still under way. */
  end(): void {
    clearTimeout(this.#deadline);
    this.#controller.abort();
  }
}

/**
 * The operations under way, by the token that the gateway signed for each: it is verified once. An operation whose
 * requests were all broken off (its client has gone, or its deadline has passed) is given up with its vendor calls.
 */
export class Operations {
  readonly #trust: Trust;
  readonly #now: () => number;
  readonly #known = new Map<string, SharedOperation>();
  readonly #beginning = new Map<string, Promise<SharedOperation | undefined>>();
  /** Those without a fetch under way, the longest idle first. */
  readonly #idle = new Map<string, NodeJS.Timeout>();

  constructor(trust: Trust, now: () => number) {
    this.#trust = trust;
    this.#now = now;
  }

  /** The operation of a token, entered; nothing when the token is not to be trusted. */
  async enter(token: string): Promise<SharedOperation | undefined> {
    const operation = this.#known.get(token) ?? (await this.#begin(token));
    if (operation === undefined) return undefined;
    this.#wake(token);
    operation.enter();
    return operation;
  }

  leave(token: string, operation: SharedOperation, brokenOff: boolean): void {
    const state = operation.leave(brokenOff);
    if (state === 'over') this.#forget(token, operation);
    if (state !== 'idle') return;
    this.#idle.set(
      token,
      setTimeout(() => this.#forget(token, operation), IDLE_MS),
    );
    const [longest] = this.#idle.keys();
    const oldest = longest === undefined ? undefined : this.#known.get(longest);
    if (this.#idle.size > MOST_IDLE && longest !== undefined && oldest !== undefined) this.#forget(longest, oldest);
  }

  /** Forgets all; what is under way is given up. */
  close(): void {
    for (const [token, operation] of [...this.#known]) this.#forget(token, operation);
  }

  #begin(token: string): Promise<SharedOperation | undefined> {
    const beginning = this.#beginning.get(token);
    if (beginning !== undefined) return beginning;
    const begun = this.#verified(token).finally(() => this.#beginning.delete(token));
    this.#beginning.set(token, begun);
    return begun;
  }

  async #verified(token: string): Promise<SharedOperation | undefined> {
    const claims = await this.#trust.read(token);
    if (claims === undefined) return undefined;
    const operation = new SharedOperation(claims, this.#now);
    this.#known.set(token, operation);
    return operation;
  }

  #wake(token: string): void {
    clearTimeout(this.#idle.get(token));
    this.#idle.delete(token);
  }

  #forget(token: string, operation: SharedOperation): void {
    this.#wake(token);
    this.#known.delete(token);
    operation.end();
  }
}
