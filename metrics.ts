import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ChangeCause, ChangedType } from './schema/changes.ts';
import type { SourceId } from './schema/ids.ts';
import type { ChangeMeter, DeliveryOutcome } from './subgraphs/vendor/changes/meter.ts';

/** A failure may be a hiccup; so many in a row are told. */
const TOLD_FROM = 3;

/** From a notification at once in the stream to one that waited for its vendor to come back. */
const SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

const tellOperator = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export interface MetricsOptions {
  readonly now?: () => number;
  /** Is given a line for the operator. */
  readonly tell?: (line: string) => void;
}

/** What is known of a feed. */
interface Known {
  /** Everything up to this instant is in the stream; of a feed that was never read, when it first failed. */
  readonly upTo: number;
  readonly told: boolean;
}

/**
 * Counts for Prometheus how changes come into the stream, by source and never by person, and tells the operator, once, that
 * a feed cannot be read, and once that it can again.
 */
export class Metrics implements ChangeMeter {
  readonly registry = new Registry();
  readonly #now: () => number;
  readonly #tell: (line: string) => void;
  readonly #feeds = new Map<SourceId, Map<string, Known>>();
  readonly #changes: Counter<'source' | 'type' | 'cause'>;
  readonly #failures: Counter<'source' | 'feed' | 'code'>;
  readonly #failing: Gauge<'source' | 'feed'>;
  readonly #deliveries: Counter<'source' | 'outcome'>;
  readonly #seconds: Histogram<'source'>;
  readonly #givenUp: Counter<'source'>;

  constructor({ now = Date.now, tell = tellOperator }: MetricsOptions = {}) {
    this.#now = now;
    this.#tell = tell;
    const registers = [this.registry];
    const lags = (): readonly (readonly [SourceId, number])[] => this.#lags();
    new Gauge({
      name: 'practicegraph_change_lag_seconds',
      help: 'Seconds since the feed of a source that is furthest behind was read to its end.',
      labelNames: ['source'],
      registers,
      collect() {
        this.reset();
        for (const [source, seconds] of lags()) this.set({ source }, seconds);
      },
    });
    this.#changes = new Counter({
      name: 'practicegraph_changes_total',
      help: 'Changes appended to the stream.',
      labelNames: ['source', 'type', 'cause'],
      registers,
    });
    this.#failures = new Counter({
      name: 'practicegraph_feed_failures_total',
      help: 'Readings of a feed that failed, by the code of the failure.',
      labelNames: ['source', 'feed', 'code'],
      registers,
    });
    this.#failing = new Gauge({
      name: 'practicegraph_feed_failing',
      help: 'Whether the last reading of a feed failed.',
      labelNames: ['source', 'feed'],
      registers,
    });
    this.#deliveries = new Counter({
      name: 'practicegraph_webhook_deliveries_total',
      help: 'Deliveries of webhooks, by what became of them.',
      labelNames: ['source', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'practicegraph_webhook_seconds',
      help: 'From a webhook’s event taken in to its change in the stream.',
      labelNames: ['source'],
      buckets: SECONDS,
      registers,
    });
    this.#givenUp = new Counter({
      name: 'practicegraph_changes_given_up_total',
      help: 'Events, and records that a feed named, that could not be read for an hour.',
      labelNames: ['source'],
      registers,
    });
  }

  caughtUp(source: SourceId, feed: string, upTo: number): void {
    if (this.#feedsOf(source).get(feed)?.told === true)
      this.#tell(`practicegraph: changes of ${source} are read again: feed ${feed}`);
    this.#feedsOf(source).set(feed, { upTo, told: false });
    this.#failing.set({ source, feed }, 0);
  }

  failed(source: SourceId, feed: string, code: string, inARow: number): void {
    const { upTo, told } = this.#feedsOf(source).get(feed) ?? { upTo: this.#now(), told: false };
    const tells = !told && inARow >= TOLD_FROM;
    if (tells) this.#tell(`practicegraph: changes of ${source} are not read: feed ${feed}, ${code}`);
    this.#feedsOf(source).set(feed, { upTo, told: told || tells });
    this.#failures.inc({ source, feed, code });
    this.#failing.set({ source, feed }, 1);
  }

  /** Another process reads the feed: nothing more is known of it here. */
  elsewhere(source: SourceId, feed: string): void {
    this.#feeds.get(source)?.delete(feed);
    this.#failing.remove({ source, feed });
  }

  appended(source: SourceId, type: ChangedType, cause: ChangeCause): void {
    this.#changes.inc({ source, type, cause });
  }

  delivered(source: SourceId, outcome: DeliveryOutcome): void {
    this.#deliveries.inc({ source, outcome });
  }

  took(source: SourceId, ms: number): void {
    this.#seconds.observe({ source }, ms / 1000);
  }

  gaveUp(source: SourceId): void {
    this.#givenUp.inc({ source });
  }

  #feedsOf(source: SourceId): Map<string, Known> {
    const feeds = this.#feeds.get(source) ?? new Map<string, Known>();
    this.#feeds.set(source, feeds);
    return feeds;
  }

  /** How far behind the sources are that this process reads, seconds. */
  #lags(): readonly (readonly [SourceId, number])[] {
    const now = this.#now();
    return [...this.#feeds]
      .filter(([, feeds]) => feeds.size > 0)
      .map(([source, feeds]) => {
        const oldest = Math.min(...[...feeds.values()].map(({ upTo }) => upTo));
        return [source, Math.max(0, now - oldest) / 1000];
      });
  }
}

/** Serves `GET /metrics` in Prometheus’ text format: what is registered, and the process’s own figures. */
export const metricsRoute =
  (registry: Registry) =>
  (app: FastifyInstance): void => {
    collectDefaultMetrics({ register: registry });
    app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  };
