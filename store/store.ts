import { randomBytes } from 'node:crypto';
import { Kysely, type RawBuilder, sql } from 'kysely';
import { Bell } from './bell.ts';
import type { Changes } from './changes.ts';
import { embedded, type Prepare } from './embedded.ts';
import { orStoreError } from './error.ts';
import type { Ground } from './ground.ts';
import type { Journal } from './journal.ts';
import { type Heard, Listener } from './listener.ts';
import { migrate } from './migrations.ts';
import { connection, server } from './server.ts';
import { ChangeLog, purgeStream, voidHolds, Wakes } from './stream/index.ts';
import type { Tables } from './tables.ts';
import { purge, tidy, voidClaims } from './upkeep.ts';
import { WriteLog } from './writes.ts';

export type StoreSettings =
  /** Gone with the process; opens at its first use. */
  (
    | { readonly kind: 'memory' }
    /** Embedded, in a folder that belongs to one process at a time. */
    | { readonly kind: 'folder'; readonly path: string }
    /** A server, shared by any number of processes. `schema`: where in its database, `practicegraph` when absent. */
    | { readonly kind: 'postgres'; readonly url: { reveal(): string }; readonly schema?: string }
  ) & {
    /** How long an idempotency key stands for its write, and a settled write or a change is kept. */
    readonly keepDays?: number;
    /** How long a claim holds without being renewed. */
    readonly leaseMs?: number;
  };

interface StoreOptions {
  /**
   * Milliseconds since the epoch, for tests: in place of this process's clock, and of the database's own, which counts
   * where a server has several clients whose clocks differ.
   */
  readonly now?: () => number;
}

export interface Store {
  readonly journal: Journal;
  readonly changes: Changes;
  /**
   * Opens the database, unless it is in memory, and brings its tables up to date. To be called at start; later it tells
   * whether the database answers.
   * @throws StoreError
   */
  ready(): Promise<void>;
  /** Opens a database in memory too, which takes a second or more: so that the first write need not wait for it. */
  warm(): Promise<void>;
  /** Removes what was settled or told longer ago than it is kept; the store does so at start and every hour by itself. */
  purge(): Promise<number>;
  /** Whoever waits for a write is sent away with a StoreError. */
  close(): Promise<void>;
}

const SCHEMA = 'practicegraph';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LEASE_MS = 3_000;

/** Connects nothing and opens nothing yet: `ready` does, or the first use. */
export const openStore = (settings: StoreSettings, { now }: StoreOptions = {}): Store => {
  const keepMs = (settings.keepDays ?? 7) * DAY_MS;
  const blank = settings.kind === 'memory';
  const { root, ground, stream, sweep, release } = groundFor(settings, keepMs, now);
  const journal = new WriteLog(ground, { leaseMs: settings.leaseMs ?? LEASE_MS, keepMs, blank });
  const changes = new ChangeLog(ground, { ...stream, blank, shared: settings.kind === 'postgres' });
  const purged = async () => (journal.isBlank && changes.isBlank ? 0 : orStoreError('unavailable', () => sweep(root)));
  const hourly = setInterval(() => void purged().catch(() => {}), HOUR_MS).unref(); // what it left, the next one takes
  const warm = async () => void (await orStoreError('unavailable', () => sql`select 1`.execute(root)));
  return {
    journal,
    changes,
    ready: async () => (blank ? undefined : warm()),
    warm,
    purge: purged,
    close: async () => {
      clearInterval(hourly);
      journal.close();
      changes.close();
      await root.destroy().catch(() => {}); // it never opened, and who asked it to was told
      await release();
    },
  };
};

const groundFor = (settings: StoreSettings, keepMs: number, now: (() => number) | undefined) => {
  const shared = settings.kind === 'postgres';
  const schema = shared ? (settings.schema ?? SCHEMA) : SCHEMA;
  const name = randomBytes(6).toString('hex');
  const bell = new Bell();
  const stream = { wakes: new Wakes(), epoch: randomBytes(9).toString('base64url') };
  const clock = clockOf(shared ? now : (now ?? Date.now));
  const sweep = async (db: Kysely<Tables>): Promise<number> => {
    const tables = db.withSchema(schema);
    const removed = (await purge(tables, clock(), keepMs)) + (await purgeStream(tables, clock(), keepMs));
    if (!shared) await tidy(db, schema);
    return removed;
  };
  const prepare: Prepare = async (db) => {
    await migrate(db, schema, stream.epoch);
    if (!shared) await voidClaims(db.withSchema(schema), clock());
    if (!shared) await voidHolds(db.withSchema(schema));
    await sweep(db);
  };
  const { dialect, release } = shared
    ? server(
        settings.url.reveal(),
        prepare,
        new Listener(connection(settings.url.reveal()), schema, heard(name, bell, stream.wakes)),
      )
    : embedded(settings.kind === 'folder' ? settings.path : undefined, prepare);
  const root = new Kysely<Tables>({ dialect });
  const ground: Ground = {
    db: root.withSchema(schema),
    get clock() {
      return clock();
    },
    now: now ?? Date.now,
    tell: shared ? notify(schema, name) : sql`null`,
    bell,
  };
  return { root, ground, stream, sweep, release };
};

/** The database's own clock, or the one that is given. */
const clockOf = (given: (() => number) | undefined) => (): RawBuilder<number> =>
  given === undefined
    ? sql`(extract(epoch from statement_timestamp()) * 1000)::bigint`
    : sql`${Math.trunc(given())}::bigint`;

/** Nothing but which process told it, the row's id and its source; of the stream, see `Wakes`. */
const notify = (channel: string, name: string): RawBuilder<unknown> =>
  sql`pg_notify(${channel}::text, ${name}::text || ' ' || changed.id || ' ' || changed.source)`;

const NOTICE = /^(?<name>\S+) (?<id>\S+) (?<source>.*)$/s;

const heard = (name: string, bell: Bell, wakes: Wakes): Heard => ({
  told: (payload) => {
    const { name: from, id = '', source = '' } = NOTICE.exec(payload)?.groups ?? {};
    if (from === name) return; // this process rang when it told the others
    if (!wakes.told(id, source)) bell.ring(id, source);
  },
  missed: () => {
    bell.ringAll();
    void wakes.missed();
  },
});
