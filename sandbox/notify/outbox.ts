import type { Planted } from '../planting.ts';
import { type Random, random } from '../population/random.ts';
import { forged, type Notification, type Outcome, type Retry, type Sent } from './notification.ts';
import { type Answered, type Courier, openCourier } from './post.ts';
import { createMishaps, type Mishap, type Mishaps, type NotificationFault } from './troubles.ts';

export type { Notification, Outcome, Retry, Sent } from './notification.ts';

export interface OutboxOptions {
  /** Milliseconds since 1970, of the vendor's clock. */
  readonly now: () => number;
  readonly limitMs: number;
  readonly retry: Retry;
  /** Decides which notifications are struck by faults, and in which order they go out then. */
  readonly chance?: Random;
  /** Told when whoever opened it last closed it. */
  readonly onClose?: () => void;
}

interface Pending {
  readonly notification: Notification;
  /** By the vendor's clock. */
  readonly since: number;
  readonly mishaps: readonly Mishap[];
  attempts: number;
  /** Runs while it waits for its next try. */
  timer?: NodeJS.Timeout | undefined;
}

/** Of runs with more only the last ones are kept one by one. */
const KEPT = 100_000;
/** From among which a replay chooses. */
const KEPT_DELIVERED = 1_000;
const DEFAULT_SEED = 1;

const isReceived = (answer: Answered): boolean => 'status' in answer && answer.status >= 200 && answer.status < 300;

/** Adds to a list that keeps at least its last ones. */
const keep = <T>(list: T[], item: T, most: number): void => {
  list.push(item);
  if (list.length > 2 * most) list.splice(0, most);
};

/**
 * Sends a simulator's notifications over HTTP, at least once each unless a fault says otherwise, and in no order: a try
 * that is not answered with 2xx in time is made again, later and later, until the notification is dead. Waits run by the
 * clock of this machine and do not keep the process alive; `flush` does not wait.
 */
export class Outbox {
  /** Every try, in the order in which they ended; only the last ones of very many. */
  readonly log: Sent[] = [];
  /** What could not be delivered. */
  readonly dead: Notification[] = [];
  readonly faults: Mishaps;
  readonly #options: OutboxOptions;
  readonly #chance: Random;
  readonly #pending = new Set<Pending>();
  readonly #delivered: Notification[] = [];
  readonly #settled: (() => void)[] = [];
  readonly #keptBack: Pending[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #extras = 0;
  #courier: Courier = openCourier();
  #users = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#chance = (options.chance ?? random(DEFAULT_SEED)).fork('notifications');
    this.faults = createMishaps(this.#chance);
  }

  /** Notifications that are neither delivered nor dead, and copies that are under way. */
  get pending(): number {
    return this.#pending.size + this.#extras;
  }

  /** Adds a misbehaviour; the same as `POST /_control/notifications/faults`. */
  fault(fault: NotificationFault): Planted {
    return this.faults.add(fault);
  }

  /** Takes over a notification. */
  send(notification: Notification): void {
    const { name, to, body } = notification;
    const mishaps = this.faults.striking([name, to, body]);
    const kinds = Map.groupBy(mishaps, ({ kind }) => kind);
    if (kinds.has('lose')) {
      this.#note(notification, 'lost', 1);
      notification.onOutcome?.('delivered');
      return;
    }
    const pending: Pending = { notification, since: this.#options.now(), mishaps, attempts: 0 };
    this.#pending.add(pending);
    for (const mishap of mishaps)
      if (mishap.kind === 'forge') void this.#extra(forged(notification, mishap.how), 'forged');
    const [reorder] = mishaps.filter((mishap) => mishap.kind === 'reorder');
    const [delay] = mishaps.filter((mishap) => mishap.kind === 'delay');
    if (reorder !== undefined) {
      this.#keptBack.push(pending);
      if (this.#keptBack.length >= reorder.window) void this.#release();
    } else if (delay !== undefined) this.#wait(pending, delay.ms);
    else void this.#try(pending);
  }

  /** Sends nothing more of these. */
  withdraw(isUnwanted: (notification: Notification) => boolean): void {
    for (const pending of [...this.#pending]) if (isUnwanted(pending.notification)) this.#end(pending, 'withdrawn');
  }

  /** Sends the dead ones again, as new ones. */
  revive(): void {
    for (const notification of this.dead.splice(0)) this.send(notification);
  }

  /** When the tries under way are over, tries at once whatever waits for its time, and comes back when that is over. */
  async flush(): Promise<void> {
    await Promise.all(this.#underWay);
    const released = this.#release();
    const waiting = [...this.#pending].filter(({ timer }) => timer !== undefined);
    await Promise.all([released, ...waiting.map((pending) => this.#try(pending))]);
  }

  /** Comes back when nothing is under way or waits for its time; lets go what is kept back to be shuffled. */
  async settled(): Promise<void> {
    // what happens in one moment may be put together and handed in right after it
    await Promise.resolve();
    void this.#release();
    if (this.pending > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** Forgets the log, the dead ones and what was delivered, and takes all faults away. */
  reset(): void {
    this.log.length = 0;
    this.dead.length = 0;
    this.#delivered.length = 0;
    this.faults.clear();
  }

  /** Whoever opens it closes it; with the last one what is not delivered is forgotten. */
  open(): void {
    this.#users += 1;
  }

  async close(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#options.onClose?.();
    this.withdraw(() => true);
    const courier = this.#courier;
    this.#courier = openCourier();
    await courier.close();
  }

  #wait(pending: Pending, ms: number): void {
    pending.timer = setTimeout(() => void this.#try(pending), ms).unref();
  }

  /** What was kept back goes out in any order, one behind the other. */
  async #release(): Promise<void> {
    const kept = this.#chance.shuffled(this.#keptBack.splice(0));
    for (const pending of kept) if (this.#pending.has(pending)) await this.#try(pending);
  }

  #try(pending: Pending): Promise<void> {
    const trying = this.#attempt(pending);
    this.#underWay.add(trying);
    return trying.finally(() => this.#underWay.delete(trying));
  }

  async #attempt(pending: Pending): Promise<void> {
    clearTimeout(pending.timer);
    pending.timer = undefined;
    pending.attempts += 1;
    const { notification, mishaps, attempts } = pending;
    const cut = attempts === 1 && mishaps.some(({ kind }) => kind === 'cut');
    const answer = await this.#post(notification, cut);
    if (!this.#pending.has(pending)) return;
    this.#note(notification, 'original', attempts, answer);
    if (isReceived(answer)) this.#arrived(pending);
    else this.#failed(pending);
  }

  #arrived(pending: Pending): void {
    const { notification, mishaps } = pending;
    for (const mishap of mishaps) {
      if (mishap.kind === 'duplicate')
        for (let copy = 0; copy < (mishap.copies ?? 1); copy += 1) void this.#extra(notification, 'duplicate');
      if (mishap.kind === 'replay' && this.#delivered.length > 0)
        for (let copy = 0; copy < (mishap.count ?? 1); copy += 1)
          void this.#extra(this.#chance.pick(this.#delivered), 'replay');
    }
    keep(this.#delivered, notification, KEPT_DELIVERED);
    this.#end(pending, 'delivered');
  }

  #failed(pending: Pending): void {
    const { notification, since, attempts } = pending;
    const { firstMs, mostMs, forMs } = { ...this.#options.retry, ...notification.retry };
    const wait = Math.min(mostMs, firstMs * 2 ** (attempts - 1));
    if (this.#options.now() + wait < since + forMs) this.#wait(pending, wait);
    else {
      keep(this.dead, notification, KEPT);
      this.#end(pending, 'dead');
    }
  }

  #end(pending: Pending, outcome: Outcome): void {
    clearTimeout(pending.timer);
    this.#pending.delete(pending);
    pending.notification.onOutcome?.(outcome);
    this.#look();
  }

  /** A copy, which is tried once. */
  async #extra(notification: Notification, as: Sent['as']): Promise<void> {
    this.#extras += 1;
    const answer = await this.#post(notification);
    this.#extras -= 1;
    this.#note(notification, as, 1, answer);
    this.#look();
  }

  #post(notification: Notification, cut = false): Promise<Answered> {
    return this.#courier.post(notification, notification.limitMs ?? this.#options.limitMs, cut);
  }

  #note({ id, name, to }: Notification, as: Sent['as'], attempt: number, answer?: Answered): void {
    const at = new Date(this.#options.now()).toISOString();
    keep(this.log, { id, name, to, as, attempt, at, ...answer }, KEPT);
  }

  #look(): void {
    if (this.pending === 0) for (const resolve of this.#settled.splice(0)) resolve();
  }
}
