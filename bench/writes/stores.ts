import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

export const STORES = ['memory', 'folder', 'postgres'] as const;
export type StoreName = (typeof STORES)[number];

/** A store that nobody else uses. */
export interface Place {
  /** The part of the configuration that names it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What has to stand in the product's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes it away with all that it has. */
  remove(): Promise<void>;
}

/** Where a database of its own can be made, unless DATABASE_URL says where. */
const SERVER = 'postgres://postgres@127.0.0.1:5432/postgres';

const onServer = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const postgres = async (): Promise<Place> => {
  const server = process.env.DATABASE_URL ?? SERVER;
  const name = `practicegraph_bench_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    config: {},
    environment: { DATABASE_URL: url.href },
    remove: () => onServer(server, `drop database ${name} with (force)`),
  };
};

const folder = async (): Promise<Place> => {
  const path = await mkdtemp(join(tmpdir(), 'practicegraph-writes-'));
  return {
    config: { folder: join(path, 'data') },
    environment: {},
    remove: () => rm(path, { recursive: true, force: true }),
  };
};

const memory = async (): Promise<Place> => ({
  config: { memory: true },
  environment: {},
  remove: async () => undefined,
});

/** Makes a new store of this kind. @throws when the server cannot be reached */
export const newStore = (name: StoreName): Promise<Place> => ({ memory, folder, postgres })[name]();
