import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../../sandbox/population/random.ts';
import type { CommandKind } from '../../schema/commands.ts';
import type { ErrorCode } from '../../schema/enums.ts';
import type { Graph } from './graph.ts';
import { isSettled, type Row, readWrite } from './journal.ts';
import { type Answered, MUTATIONS, writtenBy } from './mutations.ts';
import type { Made, Step, Story } from './stories.ts';
import type { Trace } from './traces.ts';

/** One answer to a mutation as its client got it. */
export interface Told {
  readonly kind: 'saved' | 'pending' | 'refused';
  /** Of a refusal. */
  readonly code?: string;
  /** Which fields were wrong, by their rules. */
  readonly faults?: string;
  /** The write's id in the graph, where there is one. */
  readonly write?: string;
  readonly replayed?: boolean;
}

/** A write that a client handed in, and what it was told. */
export interface Submitted {
  readonly key: string;
  readonly source: string;
  readonly kind: CommandKind;
  /** Writes of one line are meant to be carried out in the order of their turns. */
  readonly line: string;
  readonly turn: number;
  readonly leaves: Trace;
  readonly besides: readonly Trace[];
  /** What an earlier write of the line left, and what no longer stands after this one. */
  readonly replaces?: Trace;
  readonly mayGet?: ErrorCode;
  readonly told: Told[];
  /** Times that it was sent without getting an answer. */
  unanswered: number;
  /** Milliseconds from the first time it was sent to the first answer, and until it was known to be settled. */
  answeredMs?: number;
  settledMs?: number;
}

export interface Manners {
  /** What a mutation may wait for its vendor, milliseconds. */
  readonly waitMs: number;
  /** How long a client goes on when it gets no answer, and how long it waits for a pending write. */
  readonly patienceMs: number;
  /** Shares of the writes: cut off by the client in mid-request, and sent twice at once. */
  readonly cut: number;
  readonly twice: number;
}

/** When a client that cuts its connection does so, at the latest. */
const LONGEST_BEFORE_CUT_MS = 250;
const AGAIN_MS = 100;
const LOOK_AGAIN_MS = 300;

const SAVED = /Saved$/;

const toldBy = ({ __typename: name, code, issues, write }: Answered): Told => ({
  kind: SAVED.test(name) ? 'saved' : name === 'WritePending' ? 'pending' : 'refused',
  ...(code === undefined ? {} : { code }),
  ...(issues === undefined ? {} : { faults: issues.map(({ path, rule }) => `${path.join('.')} ${rule}`).join(', ') }),
  ...(write === undefined ? {} : { write: write.id, replayed: write.replayed }),
});

const idOf = ({ made }: Answered): string | undefined => (typeof made === 'string' ? made : made?.id);

/** Clients of the graph that never give a write up: with its key they ask until they know what became of it. */
export class Clients {
  /** Everything that was handed in, in the order in which it was. */
  readonly submitted: Submitted[] = [];
  readonly #graph: Graph;
  readonly #manners: Manners;
  readonly #chance: Random;

  constructor(graph: Graph, manners: Manners, chance: Random) {
    this.#graph = graph;
    this.#manners = manners;
    this.#chance = chance;
  }

  /** Tells a story to its end, or until one of its writes is not confirmed. */
  async tell(story: Story): Promise<void> {
    let made: Made = {};
    for (const [turn, step] of story.steps.entries()) {
      if (step.needs !== undefined && made[step.needs] === undefined) return;
      const submitted = this.submit(story, step, turn);
      const id = await this.write(submitted, step.input(made));
      if (id !== undefined) made = { ...made, [writtenBy(step.kind)]: id };
    }
  }

  /** Notes that a write is about to be handed in. */
  submit(
    { line, source }: Omit<Story, 'steps'>,
    { kind, leaves, besides, replaces, mayGet }: Step,
    turn: number,
  ): Submitted {
    const key = `${line}-${turn}`;
    const submitted: Submitted = {
      ...{ key, source, kind, line, turn, leaves, besides },
      ...(replaces === undefined ? {} : { replaces }),
      ...(mayGet === undefined ? {} : { mayGet }),
      ...{ told: [], unanswered: 0 },
    };
    this.submitted.push(submitted);
    return submitted;
  }

  /** Hands a write in and waits until it is settled; the id of what it made, if it was confirmed. */
  async write(submitted: Submitted, input: object): Promise<string | undefined> {
    const from = performance.now();
    const answers = await this.#answers(submitted, input);
    submitted.answeredMs = performance.now() - from;
    const saved = answers.find(({ __typename }) => SAVED.test(__typename));
    const pending = answers.find(({ __typename }) => __typename === 'WritePending')?.write?.id;
    const row = saved === undefined && pending !== undefined ? await this.settled(pending) : undefined;
    submitted.settledMs = performance.now() - from;
    if (saved !== undefined) return idOf(saved);
    return row?.state === 'CONFIRMED' ? (row.target?.id ?? undefined) : undefined;
  }

  /** A write as it is when nothing more happens to it, or when patience is at an end. */
  async settled(id: string): Promise<Row | undefined> {
    const until = performance.now() + this.#manners.patienceMs;
    let row: Row | undefined;
    do {
      row = await readWrite(this.#graph, id).catch(() => undefined);
      if (row !== undefined && isSettled(row)) return row;
      await wait(LOOK_AGAIN_MS);
    } while (performance.now() < until);
    return row;
  }

  async #answers(submitted: Submitted, input: object): Promise<readonly Answered[]> {
    const drawn = this.#chance.next();
    const { cut, twice } = this.#manners;
    if (drawn < cut) {
      const leaving = AbortSignal.timeout(this.#chance.int(0, LONGEST_BEFORE_CUT_MS));
      const answer = await this.once(submitted, input, leaving);
      if (answer !== undefined) return [answer];
    }
    const times = drawn >= cut && drawn < cut + twice ? 2 : 1;
    return Promise.all(Array.from({ length: times }, () => this.#answer(submitted, input)));
  }

  /** @throws when there was none for too long */
  async #answer(submitted: Submitted, input: object): Promise<Answered> {
    const until = performance.now() + this.#manners.patienceMs;
    for (;;) {
      const answer = await this.once(submitted, input);
      if (answer !== undefined) return answer;
      if (performance.now() > until) throw new Error(`A write of kind ${submitted.kind} never got an answer.`);
      await wait(AGAIN_MS);
    }
  }

  /** Sends it once, and notes what it was told; nothing when there was no answer, or none that says anything of the write. */
  async once(submitted: Submitted, input: object, leaving?: AbortSignal): Promise<Answered | undefined> {
    const { kind, key: idempotencyKey } = submitted;
    const variables = { input: { ...input, idempotencyKey, waitMs: this.#manners.waitMs } };
    try {
      const { data } = await this.#graph.ask<{ readonly answer: Answered } | null>(MUTATIONS[kind], variables, leaving);
      if (data !== null) {
        submitted.told.push(toldBy(data.answer));
        return data.answer;
      }
    } catch {
      // no answer: whether it was recorded is not known, and its key makes asking again safe
    }
    submitted.unanswered += 1;
    return undefined;
  }
}
