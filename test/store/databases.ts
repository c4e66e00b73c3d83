import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type SourceId, sourceId } from '../../schema/ids.ts';
import type { StoreSettings, WriteDraft } from '../../store/index.ts';

const SERVER = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/** A connection to the server that the tests use. */
export const connected = async (): Promise<Client> => {
  const client = new Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  await client.connect();
  return client;
};

/** One statement on it. */
export const onServer = async (statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const client = await connected();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
};

/** Whether a PostgreSQL answers; when none does, one line says what is left out. */
export const serverAnswers = async (leftOut: string): Promise<boolean> => {
  try {
    await onServer('select 1');
    return true;
  } catch {
    console.info(`No PostgreSQL answers at DATABASE_URL or on this machine: ${leftOut} is left out.`);
    return false;
  }
};

/** A place for a store of its own, and what removes it. */
export interface Place {
  readonly settings: StoreSettings;
  remove(): Promise<void>;
}

export const memory = async (): Promise<Place> => ({ settings: { kind: 'memory' }, remove: async () => {} });

export const folder = async (): Promise<Place & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'practicegraph-store-'));
  return { path, settings: { kind: 'folder', path }, remove: () => rm(path, { recursive: true, force: true }) };
};

export const schema = async (): Promise<Place & { readonly schema: string }> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  return {
    schema: name,
    settings: { kind: 'postgres', url: { reveal: () => SERVER }, schema: name },
    remove: async () => {
      await onServer(`set client_min_messages = warning; drop schema if exists ${name} cascade`);
    },
  };
};

let made = 0;

/** A source that no other test writes to. */
export const newSource = (): SourceId => sourceId(`practice ${++made}`);

/** A write that no other one is like, but for what is given. */
export const draftFor = (source: SourceId, given: Partial<WriteDraft> = {}): WriteDraft => ({
  caller: 'front desk',
  kind: 'bookAppointment',
  idempotencyKey: `key-${++made}`,
  source,
  lane: `patient:${made}`,
  input: { patient: '7', slot: '12' },
  dryRun: false,
  ...given,
});

/** A clock that only moves when it is told to. */
export class Clock {
  #ms = Date.parse('2026-03-02T09:00:00Z');
  readonly now = (): number => this.#ms;
  pass(ms: number): void {
    this.#ms += ms;
  }
}
