/** One call as the simulator saw it, in milliseconds of this process's monotonic clock. */
export interface Logged {
  readonly name: string;
  readonly from: number;
  /** When the answer was handed over or the connection ended; absent as long as neither happened. */
  readonly to: number | undefined;
}

/** What a simulator counted since the last reset, sign-ins included. */
export interface Traffic {
  readonly total: number;
  /** By the call's name. */
  readonly counts: ReadonlyMap<string, number>;
  /** Calls that are being answered, hanging ones included. */
  readonly inFlight: number;
  /** The most that were in flight at once. */
  readonly mostInFlight: number;
  /** The last calls, in order. */
  readonly log: readonly Logged[];
  /** The most calls that arrived within any span of so many milliseconds, as far as they are among the kept ones. */
  mostWithin(ms: number, match?: string): number;
}

export interface CallLog extends Traffic {
  /** Names of the last calls, in order. */
  readonly names: readonly string[];
  /** Notes a call that arrived at this time, which does not go back. Gives what to call once, when it is over. */
  began(name: string, at: number): (end: number) => void;
  reset(): void;
}

/** Of runs with more calls only the last ones are kept one by one: some megabytes. */
export const KEPT_CALLS = 100_000;
/** What is above is cut in steps, since taking away the first of a long list costs. */
const STEP = 10_000;
/** Vendors have fewer calls; a client may ask for paths without end. */
const MOST_NAMES = 1_000;

/** The largest number of times that lie within one span. */
const mostWithin = (times: readonly number[], ms: number): number => {
  let most = 0;
  let first = 0;
  for (const [i, time] of times.entries()) {
    while (time - (times[first] ?? time) >= ms) first += 1;
    most = Math.max(most, i - first + 1);
  }
  return most;
};

/** Counts all calls, and keeps the names and times of the last ones. */
export const createCallLog = (kept = KEPT_CALLS, step = STEP): CallLog => {
  const names: string[] = [];
  const log: (Logged & { to: number | undefined })[] = [];
  const counts = new Map<string, number>();
  let [total, inFlight, mostInFlight] = [0, 0, 0];
  const count = (name: string): void => {
    const key = counts.has(name) || counts.size < MOST_NAMES ? name : '(other)';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  return {
    names,
    log,
    counts,
    get total() {
      return total;
    },
    get inFlight() {
      return inFlight;
    },
    get mostInFlight() {
      return mostInFlight;
    },
    mostWithin: (ms, match) => {
      const matching = match === undefined ? log : log.filter(({ name }) => name.includes(match));
      return mostWithin(
        matching.map(({ from }) => from),
        ms,
      );
    },
    began: (name, at) => {
      total += 1;
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      count(name);
      const entry: (typeof log)[number] = { name, from: at, to: undefined };
      names.push(name);
      log.push(entry);
      if (names.length >= kept + step) {
        names.splice(0, step);
        log.splice(0, step);
      }
      return (end) => {
        inFlight -= 1;
        entry.to = end;
      };
    },
    reset: () => {
      names.length = 0;
      log.length = 0;
      counts.clear();
      total = 0;
      mostInFlight = inFlight;
    },
  };
};
