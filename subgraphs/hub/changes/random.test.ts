import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type RecordId, recordId } from '../../../schema/ids.ts';
import { RESYNC } from '../../../schema/resync.ts';
import type { ChangedType } from '../../../store/changes.ts';
import { Random } from '../../../test/random.ts';
import { type Draft, draft, TestLog } from './fixture/log.ts';
import { cursors, EVERYBODY, Reader, SOURCES, wanted } from './fixture/reader.ts';
import { Tail } from './tail.ts';
import { isWanted, type Wanted } from './wanted.ts';

const TYPES: readonly ChangedType[] = ['Patient', 'Appointment', 'Observation', 'Claim'];
const keys = ['1', '2', '3', '4', '5'];

const someDraft = (random: Random): Draft => {
  const type = random.pick(TYPES);
  return draft({
    source: random.pick(SOURCES),
    type,
    key: random.pick(keys),
    ...(random.chance(0.9) ? { patient: random.pick(keys) } : {}),
    ...(type === 'Appointment' ? { practitioner: random.pick(keys) } : {}),
    ...(type === 'Observation' ? { codes: [random.pick(keys)] } : {}),
    ...(random.chance(0.2) ? { former: { patient: random.pick(keys), practitioner: random.pick(keys) } } : {}),
  });
};

const some = <T>(random: Random, make: () => T): ReadonlySet<T> =>
  new Set(Array.from({ length: random.below(4) }, make));

const someWanted = (random: Random): Wanted => {
  const type = random.pick(TYPES);
  const id = (of: 'Patient' | 'Practitioner') => (): RecordId => recordId(random.pick(SOURCES), of, random.pick(keys));
  return wanted({
    type,
    sources: random.chance(0.7) ? new Set(SOURCES) : new Set([random.pick(SOURCES)]),
    ...(random.chance(0.5) ? { patients: some(random, id('Patient')) } : {}),
    ...(type === 'Appointment' && random.chance(0.5) ? { practitioners: some(random, id('Practitioner')) } : {}),
    ...(type === 'Observation' && random.chance(0.5) ? { codes: some(random, () => random.pick(keys)) } : {}),
    ...(random.chance(0.2) ? { caller: { ...EVERYBODY, patient: id('Patient')() } } : {}),
  });
};

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await setImmediate();
};

/** One who comes and goes, and goes on from the last cursor that it has seen. */
class Visitor {
  readonly wanted: Wanted;
  /** What it should have got since it last began anew. */
  readonly #from: number[] = [];
  got: string[] = [];
  reader: Reader | undefined;
  resyncs = 0;
  readonly #log: TestLog;
  readonly #random: Random;

  constructor(log: TestLog, random: Random) {
    this.#log = log;
    this.#random = random;
    this.wanted = someWanted(random);
    this.#begin();
  }

  come(tail: Tail): void {
    const pause = (): Promise<void> => turns(this.#random.chance(0.003) ? 80 : this.#random.below(2));
    this.reader ??= new Reader(tail, this.wanted, this.got.at(-1) ?? this.#start(), pause);
  }

  async go(): Promise<void> {
    const { reader } = this;
    if (reader === undefined) return;
    reader.leave();
    await reader.done;
    this.reader = undefined;
    this.got.push(...cursors(reader.got));
    if (reader.failure === undefined) return;
    expect(reader.failure).toMatchObject({ extensions: { code: RESYNC } });
    expect(this.#log.isGone(this.got.at(-1) ?? this.#start())).toBe(true);
    this.check(false);
    this.resyncs++;
    this.#begin();
  }

  /** Nothing is missing, doubled or out of order; `all`: and nothing is still to come. */
  check(all: boolean): void {
    const right = cursors(this.#log.rows.slice(this.#from.at(-1)).filter((row) => isWanted(row, this.wanted)));
    expect(this.got).toEqual(all ? right : right.slice(0, this.got.length));
  }

  isServed(): boolean {
    const right = this.#log.rows.slice(this.#from.at(-1)).filter((row) => isWanted(row, this.wanted));
    return this.reader?.over === true || this.got.length + (this.reader?.got.length ?? 0) >= right.length;
  }

  #start(): string {
    return `test.${this.#from.at(-1)}`;
  }

  #begin(): void {
    this.#from.push(this.#log.rows.length);
    this.got = [];
  }
}

describe('followers at random', () => {
  const seed = Number(process.env.SEED ?? 261_121);

  it(`lose nothing, get nothing twice and keep the order, whatever happens (SEED=${seed})`, async () => {
    const random = new Random(seed);
    const log = new TestLog();
    log.turns = () => (random.chance(0.5) ? random.below(6) : 0);
    const tail = new Tail(log);
    const visitors = Array.from({ length: 40 }, () => new Visitor(log, random));
    for (let step = 0; step < 1_500; step++) {
      const drafts = Array.from({ length: random.chance(0.005) ? 12_000 : random.below(8) }, () => someDraft(random));
      log.append(drafts, random.chance(0.9));
      if (random.chance(0.02)) log.purge(random.pick([0, 50, 3_000]));
      const visitor = random.pick(visitors);
      if (random.chance(0.5)) visitor.come(tail);
      else await visitor.go();
      if (random.chance(0.3)) await setImmediate();
    }
    for (const visitor of visitors) visitor.come(tail);
    log.ring();
    await expect.poll(() => visitors.every((visitor) => visitor.isServed()), { timeout: 20_000 }).toBe(true);
    let told = 0;
    for (const visitor of visitors) {
      const failed = visitor.reader?.failure !== undefined;
      await visitor.go();
      if (!failed) visitor.check(true);
      told += visitor.got.length;
    }
    expect(told).toBeGreaterThan(0);
    expect(visitors.some(({ resyncs }) => resyncs > 0)).toBe(true);
    expect(log.listeners).toBe(0);
  });
});
