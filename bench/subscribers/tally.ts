/** What has become of one subscriber's events. */
export interface Received {
  /** Events that came, each as it had to be. */
  readonly right: number;
  readonly lost: number;
  readonly doubled: number;
  /** Messages that are no event of the stream, or not what was asked for. */
  readonly wrong: number;
}

/** The messages that each subscriber has to get: one for each event, made once for all of them. */
export class Expected {
  readonly events: number;
  /** How often messages came that are no right event, by the code of their error. */
  readonly spoilt: Record<string, number> = {};
  readonly #messages: Buffer[];

  constructor(events: number, data: (n: number) => object) {
    this.events = events;
    this.#messages = Array.from({ length: events }, (_, n) =>
      Buffer.from(JSON.stringify({ id: '1', type: 'next', payload: { data: data(n) } })),
    );
  }

  isMessage(n: number, message: Buffer): boolean {
    return this.#messages[n]?.equals(message) === true;
  }

  /** The number that an event says it has; undefined for what is no such event, which is counted. */
  numberOf(message: Buffer): number | undefined {
    const text = message.toString('utf8');
    const n = Number(/"n":(\d+)/.exec(text)?.[1]);
    if (this.isMessage(n, message)) return n;
    const code = /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? 'none';
    this.spoilt[code] = (this.spoilt[code] ?? 0) + 1;
    return undefined;
  }
}

/** Follows one subscriber's messages: every event once, in order, byte by byte as it has to be. */
export class Tally {
  readonly #expected: Expected;
  /** Numbers below it have come, but for the missing ones. */
  #next = 0;
  #right = 0;
  #doubled = 0;
  #wrong = 0;
  readonly #missing = new Set<number>();

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  /** How many events have been passed, whether they came or not. */
  get next(): number {
    return this.#next;
  }

  take(message: Buffer): void {
    if (this.#expected.isMessage(this.#next, message)) {
      this.#next++;
      this.#right++;
      return;
    }
    this.#takeOther(this.#expected.numberOf(message));
  }

  result(): Received {
    const behind = this.#expected.events - this.#next;
    return { right: this.#right, lost: this.#missing.size + behind, doubled: this.#doubled, wrong: this.#wrong };
  }

  #takeOther(n: number | undefined): void {
    if (n === undefined) {
      this.#wrong++;
    } else if (n > this.#next) {
      for (let missing = this.#next; missing < n; missing++) this.#missing.add(missing);
      this.#next = n + 1;
      this.#right++;
    } else if (this.#missing.delete(n)) {
      // late is out of order, which is wrong too
      this.#wrong++;
    } else this.#doubled++;
  }
}

export const sumOf = (all: readonly Received[]): Received => {
  const sum = (key: keyof Received): number => all.reduce((total, one) => total + one[key], 0);
  return { right: sum('right'), lost: sum('lost'), doubled: sum('doubled'), wrong: sum('wrong') };
};
