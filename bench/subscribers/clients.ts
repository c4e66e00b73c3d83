import { parseArgs } from 'node:util';
import { COMPLETED, LONG, PLAIN } from './graph.ts';
import { type Ending, Subscriber } from './subscriber.ts';
import { Expected, type Received, sumOf, Tally } from './tally.ts';
import { obey, tell } from './worker.ts';

/** What became of all subscribers together. */
export interface Outcome extends Received {
  /** Subscribers that got the end of the stream in order. */
  readonly completed: number;
  /** How often the others ended how. */
  readonly ended: Readonly<Record<string, number>>;
  /** Codes of the errors in wrong messages. */
  readonly spoilt: Readonly<Record<string, number>>;
}

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    subscribers: { type: 'string' },
    events: { type: 'string' },
    completed: { type: 'boolean' },
  },
});
const count = Number(values.subscribers);
const events = Number(values.events);
const { query, data } = values.completed === true ? COMPLETED : PLAIN;
const expected = new Expected(events, data);

/** The slowest subscriber's place is told every so many events. */
const STEP = 8;
const steps = Math.ceil(events / STEP);
/** How many subscribers have passed each step. */
const passed = new Uint32Array(steps + 1);

const tallies: Tally[] = [];
const ended: Record<string, number> = {};
let completed = 0;
let over = 0;

const end = (how: Ending): void => {
  if (how === 'complete') completed++;
  else ended[how] = (ended[how] ?? 0) + 1;
  over++;
  if (over < count) return;
  tell({
    outcome: {
      ...sumOf(tallies.map((tally) => tally.result())),
      completed,
      ended,
      spoilt: expected.spoilt,
    } satisfies Outcome,
  });
};

/** An honest subscriber. */
const follow = (): void => {
  const tally = new Tally(expected);
  tallies.push(tally);
  let step = 0;
  const pass = (upTo: number): void => {
    for (; step < upTo; step++) {
      const by = (passed[step + 1] ?? 0) + 1;
      passed[step + 1] = by;
      if (by === count) tell({ passed: (step + 1) * STEP });
    }
  };
  const subscriber = new Subscriber(values.url, query, {
    next: (message) => {
      tally.take(message);
      if (tally.next % STEP === 0 || tally.next - step * STEP > STEP) pass(Math.floor(tally.next / STEP));
    },
    over: (how) => {
      // who is gone holds nobody back
      pass(steps);
      end(how);
      subscriber.close();
    },
  });
};

/** Messages that the reader that stops takes before. */
const TAKEN = 3;

const stopReading = (): Subscriber => {
  let taken = 0;
  const subscriber = new Subscriber(
    values.url,
    LONG,
    {
      next: () => {
        taken++;
        if (taken !== TAKEN) return;
        subscriber.pause();
        tell({ stopped: Date.now() });
      },
      over: (how) => {
        tell({ closed: String(how) });
        subscriber.close();
      },
    },
    { 'x-caller': 'stopped' },
  );
  return subscriber;
};

/** Connections that are opened at once: a server's backlog is bounded. */
const AT_ONCE = 50;
const stopped = stopReading();
for (let i = 0; i < count; i++) {
  follow();
  if (i % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
obey(({ resume }) => {
  if (resume === true) stopped.resume();
});
