import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../../sandbox/population/random.ts';
import type { Graph } from '../writes/graph.ts';
import type { Read } from './checker.ts';
import { SELECTION, type Shown, type Type, versionOf } from './kinds.ts';
import type { Heard, Witness } from './witness.ts';

type Kind = 'record' | 'chart' | 'day';

interface List {
  readonly nodes: readonly Shown[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

interface Answer {
  readonly node?: Shown | null;
  readonly patient?: (Shown & { readonly appointments?: List | null; readonly observations?: List | null }) | null;
  readonly appointments?: List | null;
}

const { Patient, Appointment, Observation } = SELECTION;
const recordOf = (type: Type): string =>
  `query Changed($id: ID!) { node(id: $id) { ... on ${type} { ${SELECTION[type]} } } }`;
const CHART = `query Chart($id: ID!) { patient(id: $id) { ${Patient}
  appointments(first: 50) { nodes { ${Appointment} } pageInfo { hasNextPage } }
  observations(category: "laboratory", first: 100) { nodes { ${Observation} } pageInfo { hasNextPage } }
} }`;
const DAY = `query Day($from: DateTime!, $to: DateTime!, $source: ID!) {
  appointments(search: { from: $from, to: $to }, sources: [$source], first: 100) {
    nodes { ${Appointment} } pageInfo { hasNextPage }
  }
}`;

/** Mostly what was told in the last moments. */
const LATELY = 150;
const OFTEN = 0.8;
const DAY_MS = 86_400_000;
const FIRST_LOOK_MS = 50;

interface Question {
  readonly kind: Kind;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly about: Heard;
}

export interface ReadersOptions {
  readonly readers: number;
  readonly perSecond: number;
  readonly chance: Random;
  /** Records that are not looked at. */
  readonly passOver: ReadonlySet<string>;
}

/** Clients that ask again and again for what a subscriber was told of, alone and in lists, and remember what they were shown. */
export class Readers {
  readonly reads: Read[] = [];
  readonly asked: Record<Kind, number> = { record: 0, chart: 0, day: 0 };
  /** Answers with an error, by its code. */
  readonly failed: Record<string, number> = {};
  readonly #graph: Graph;
  readonly #witness: Witness;
  readonly #chance: Random;
  readonly #passOver: ReadonlySet<string>;
  readonly #ended: Promise<unknown>;
  #over = false;

  constructor(graph: Graph, witness: Witness, { readers, perSecond, chance, passOver }: ReadersOptions) {
    this.#graph = graph;
    this.#witness = witness;
    this.#chance = chance;
    this.#passOver = passOver;
    const pauseMs = (readers * 1_000) / perSecond;
    this.#ended = Promise.all(Array.from({ length: readers }, () => this.#read(pauseMs)));
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#ended;
  }

  async #read(pauseMs: number): Promise<void> {
    while (!this.#over) {
      const question = this.#question();
      const from = performance.now();
      if (question !== undefined) await this.#ask(question);
      await wait(
        question === undefined
          ? FIRST_LOOK_MS
          : Math.max(0, pauseMs * this.#chance.next() * 2 - (performance.now() - from)),
      );
    }
  }

  #question(): Question | undefined {
    const { told } = this.#witness;
    if (told.length === 0) return undefined;
    const from = this.#chance.chance(OFTEN) ? Math.max(0, told.length - LATELY) : 0;
    const about = told[this.#chance.int(from, told.length - 1)];
    if (about === undefined) return undefined;
    const draw = this.#chance.next();
    if (draw < 0.25 && about.patient !== undefined)
      return { kind: 'chart', query: CHART, variables: { id: about.patient }, about };
    if (draw < 0.35 && about.start !== undefined) return { kind: 'day', query: DAY, variables: dayOf(about), about };
    return { kind: 'record', query: recordOf(about.type), variables: { id: about.id }, about };
  }

  async #ask({ kind, query, variables, about }: Question): Promise<void> {
    const askedAt = Date.now();
    const { data, errors } = await this.#graph
      .ask<Answer | null>(query, variables)
      .catch(() => ({ data: null, errors: ['NO_ANSWER'] }));
    const answeredAt = Date.now();
    this.asked[kind] += 1;
    for (const code of errors) this.failed[code] = (this.failed[code] ?? 0) + 1;
    if (errors.length > 0 || data === null) return;
    const see = (record: string, version: number): void => {
      if (!this.#passOver.has(record)) this.reads.push({ record, version, askedAt, answeredAt });
    };
    if (kind === 'record') see(about.record, data.node == null ? -1 : (versionOf(data.node)?.version ?? 0));
    for (const { record, version } of shownIn(data)) see(record, version);
    const { patient } = data;
    if (patient?.appointments != null) this.#missed(patient.id, patient.appointments, see);
  }

  /** A patient's list that is told to its end has to hold every visit that was told before. */
  #missed(patient: string, { nodes, pageInfo }: List, see: (record: string, version: number) => void): void {
    if (pageInfo.hasNextPage) return;
    const there = new Set(nodes.map((node) => versionOf(node)?.record));
    const booked = this.#witness.booked.get(patient) ?? [];
    for (const record of booked) if (!there.has(record)) see(record, -1);
  }
}

const shownIn = ({ patient, appointments }: Answer) =>
  [
    patient,
    ...(patient?.appointments?.nodes ?? []),
    ...(patient?.observations?.nodes ?? []),
    ...(appointments?.nodes ?? []),
  ]
    .filter((shown) => shown != null)
    .flatMap((shown) => versionOf(shown) ?? []);

const dayOf = ({ id, start = '' }: Heard) => {
  const day = Math.floor(Date.parse(start) / DAY_MS) * DAY_MS;
  const [source] = id.split('/');
  return { from: new Date(day).toISOString(), to: new Date(day + DAY_MS).toISOString(), source };
};
