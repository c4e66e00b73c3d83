import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { auth, authProblems, publicUrl, text, url, urlProblems } from './config-auth.ts';
import { webhook, webhookProblems } from './config-webhook.ts';
import type { Vendor } from './schema/enums.ts';
import { RECORD_TYPES, sourceId } from './schema/ids.ts';
import type { StoreSettings } from './store/index.ts';
import { VENDORS } from './subgraphs/index.ts';
import { isTimeZone } from './subgraphs/vendor/time.ts';
import { DEFAULT_CACHE_MB, type SharedSettings } from './upstream/shared-state.ts';
import { type Auth, Secret, type SourceSettings } from './upstream/source.ts';

/** Everything that can be set, read once. */
export interface Config {
  readonly sources: readonly SourceSettings[];
  readonly gateway: {
    readonly host: string;
    readonly port: number;
    /** GraphiQL, introspection and hints. */
    readonly explorer: boolean;
    /** Are the subgraphs' operations compiled when they come again? */
    readonly jit: boolean;
    /** A file of the only operations that are answered. */
    readonly operations?: string | undefined;
    readonly unknownOperations: 'refuse' | 'log';
    /** Where this deployment is reached from outside, without a trailing slash. */
    readonly publicUrl?: string | undefined;
    /** Of a request's body. */
    readonly bodyKb: number;
    /** Is `/metrics` served? */
    readonly metrics: boolean;
  };
  readonly shared: SharedSettings;
  /** Where writes are recorded. */
  readonly store: StoreSettings;
  /** Makes and reads page cursors; the same in all processes of a deployment. */
  readonly cursorSecret: Secret;
}

/** A configuration that cannot be used, with every problem in it. Problems name keys, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((one) => `  - ${one}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** Names of vendors in `sources.yaml`. */
const VENDOR_NAMES = {
  'allscripts-professional': 'ALLSCRIPTS_PROFESSIONAL',
  'allscripts-touchworks': 'ALLSCRIPTS_TOUCHWORKS',
  'allscripts-sunrise': 'ALLSCRIPTS_SUNRISE',
  athenahealth: 'ATHENAHEALTH',
  cerner: 'CERNER',
  drchrono: 'DRCHRONO',
  eclinicalworks: 'ECLINICALWORKS',
  epic: 'EPIC',
  fhir: 'GENERIC_FHIR',
  kareo: 'KAREO',
  meditech: 'MEDITECH',
  nextgen: 'NEXTGEN',
  'practice-fusion': 'PRACTICE_FUSION',
} as const satisfies Record<string, Vendor>;

const redisUrl = z
  .url({ protocol: /^rediss?$/, hostname: /./, error: 'must be a redis or rediss URL' })
  .transform((value) => new Secret(value));

const whole = (most: number) =>
  z
    .int({ error: 'must be a whole number' })
    .min(1, { error: 'must be at least 1' })
    .max(most, { error: `must be at most ${most}` });

const seconds = z
  .int({ error: 'must be a whole number of seconds' })
  .min(0, { error: 'must not be negative' })
  .max(86_400, { error: 'must be at most 86400' });

const source = z.strictObject({
  id: z
    .string({ error: 'must be text' })
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be lower-case letters, digits and hyphens, at most 63' }),
  name: text,
  vendor: z.enum(Object.keys(VENDOR_NAMES) as [keyof typeof VENDOR_NAMES], {
    error: `must be one of ${Object.keys(VENDOR_NAMES).join(', ')}`,
  }),
  dialect: text.optional(),
  baseUrl: url.transform((value) => value.replace(/\/+$/, '')),
  timeZone: text.refine(isTimeZone, { error: 'must be an IANA time zone such as America/Chicago' }),
  practiceId: z
    .union([z.string().min(1), z.number()], { error: 'must be text' })
    .transform(String)
    .optional(),
  auth: auth.default({ type: 'none' }),
  limits: z
    .strictObject({
      perSecond: whole(10_000).default(10),
      perDay: whole(100_000_000).default(50_000),
      concurrency: whole(256).default(8),
    })
    .prefault({}),
  timeoutMs: whole(120_000).default(15_000),
  cache: z
    .strictObject({
      ttlSeconds: z
        .strictObject(Object.fromEntries(RECORD_TYPES.map((type) => [type, seconds.optional()])))
        .prefault({}),
      staleSeconds: seconds.default(600),
    })
    .prefault({}),
  allowPrivateNetwork: z.boolean({ error: 'must be true or false' }).default(false),
  writes: z.enum(['off', 'shadow', 'on'], { error: 'must be off, shadow or on' }).default('off'),
  webhook: webhook.optional(),
  labCodes: z.record(z.string(), text).default({}),
});

/** Where the graph is unless something else is said. */
export const DEFAULT_PORT = 4000;

/** A document of 10 MB in base64, and what stands around it. */
const LARGEST_BODY_KB = 14 * 1024;

const file = z.strictObject(
  {
    sources: z.array(source, { error: 'must be a list of sources' }).min(1, { error: 'must name at least one source' }),
    gateway: z
      .strictObject({
        host: text.default('127.0.0.1'),
        port: z.int().min(0).max(65_535).default(DEFAULT_PORT),
        explorer: z.boolean({ error: 'must be true or false' }).default(false),
        jit: z.boolean({ error: 'must be true or false' }).default(true),
        operations: text.optional(),
        unknownOperations: z.enum(['refuse', 'log'], { error: 'must be refuse or log' }).default('refuse'),
        publicUrl: publicUrl.optional(),
        bodyKb: whole(LARGEST_BODY_KB).default(256),
        metrics: z.boolean({ error: 'must be true or false' }).default(true),
      })
      .prefault({}),
    cache: z.strictObject({ memoryMb: whole(65_536).default(DEFAULT_CACHE_MB) }).prefault({}),
    redis: z.strictObject({ url: redisUrl }).optional(),
    store: z
      .strictObject({
        folder: text.default('practicegraph-data'),
        memory: z.boolean({ error: 'must be true or false' }).default(false),
        keepDays: whole(365).default(7),
      })
      .prefault({}),
  },
  { error: 'must be a mapping with the key sources' },
);

/** 32 bytes: 64 hexadecimal digits, or 43 of base64 (or base64url) with or without padding. */
const CACHE_KEY = /^(?:[0-9a-f]{64}|[\w+/-]{43}=?)$/i;

type Source = z.output<typeof source>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Puts environment variables in place of `${NAME}`, and notes the names that are not set. */
const withEnvironment = (value: unknown, environment: Environment, path: string, problems: string[]): unknown => {
  if (typeof value === 'string')
    return value.replace(/\$\{(\w+)\}/g, (_match, name: string) => {
      const found = environment[name];
      if (found === undefined) problems.push(`${path}: the environment variable ${name} is not set`);
      return found ?? '';
    });
  if (Array.isArray(value))
    return value.map((item, i) => withEnvironment(item, environment, `${path}[${i}]`, problems));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        key,
        withEnvironment(part, environment, path === '' ? key : `${path}.${key}`, problems),
      ]),
    );
  return value;
};

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );

/** What zod found, as problems that name keys only. */
const problemsOf = (issues: readonly z.core.$ZodIssue[], at = ''): string[] =>
  issues.flatMap((issue) => {
    const path = [at, pathText(issue.path)].filter((part) => part !== '').join('.') || 'the file';
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}: the key ${key} is not known`);
    return [`${path}: ${issue.message === 'Required' ? 'is missing' : issue.message}`];
  });

/** Rules between keys, and between a source and its vendor. */
const rulesOf = (sources: readonly Source[], publicUrl: string | undefined): string[] => {
  const seen = new Set<string>();
  return sources.flatMap((one, i) => {
    const at = `sources[${i}]`;
    const problems: string[] = [];
    if (seen.has(one.id)) problems.push(`${at}.id: is used by another source`);
    seen.add(one.id);
    const owner = VENDORS.find(({ vendors }) => vendors.includes(VENDOR_NAMES[one.vendor]));
    if (owner === undefined) return [...problems, `${at}.vendor: this vendor is not supported yet`];
    if (one.dialect !== undefined && !owner.dialects.includes(one.dialect))
      problems.push(`${at}.dialect: must be one of ${owner.dialects.join(', ')}`);
    if (!owner.auth.includes(one.auth.type)) problems.push(`${at}.auth.type: must be one of ${owner.auth.join(', ')}`);
    if (one.webhook !== undefined) {
      const asked = { vendor: VENDOR_NAMES[one.vendor], dialect: one.dialect ?? owner.dialects[0] ?? '' };
      problems.push(...webhookProblems(owner.pushes?.(asked) === true, publicUrl, at, one.allowPrivateNetwork));
    }
    for (const key of owner.needs ?? []) if (one[key] === undefined) problems.push(`${at}.${key}: is missing`);
    problems.push(
      ...urlProblems(one.baseUrl, `${at}.baseUrl`, one.allowPrivateNetwork),
      ...authProblems(one.auth, `${at}.auth`, one.allowPrivateNetwork),
    );
    return problems;
  });
};

/** Given by the environment, since it holds a password. */
const DATABASE_URL = /^postgres(?:ql)?:\/\/\S+$/;

const storeProblems = (url: string | undefined): string[] =>
  url === undefined || DATABASE_URL.test(url) ? [] : ['the environment variable DATABASE_URL must be a postgres URL'];

/** A database that is named wins over a folder; what shall be gone with the process goes into neither. */
const storeOf = (
  { folder, memory, keepDays }: z.output<typeof file>['store'],
  url: string | undefined,
): StoreSettings => {
  if (memory) return { kind: 'memory', keepDays };
  return url === undefined
    ? { kind: 'folder', path: folder, keepDays }
    : { kind: 'postgres', url: new Secret(url), keepDays };
};

/** Values in Redis are encrypted, with a key that all processes of a deployment know. */
const cacheKeyProblems = (key: string | undefined): string[] =>
  key === undefined
    ? ['redis: the environment variable PRACTICEGRAPH_CACHE_KEY is not set']
    : CACHE_KEY.test(key)
      ? []
      : ['redis: PRACTICEGRAPH_CACHE_KEY must be 32 bytes as hex or base64'];

const settingsOf = (one: Source, publicUrl = ''): SourceSettings => {
  const vendor = VENDOR_NAMES[one.vendor];
  const owner = VENDORS.find(({ vendors }) => vendors.includes(vendor));
  const { practiceId, webhook, ...rest } = one;
  return {
    ...rest,
    id: sourceId(one.id),
    vendor,
    dialect: one.dialect ?? owner?.dialects[0] ?? '',
    auth: one.auth as Auth,
    ...(practiceId === undefined ? {} : { practiceId }),
    ...(webhook === undefined ? {} : { webhook: { ...webhook, url: `${publicUrl}/hooks/${one.id}` } }),
  };
};

/**
 * Checks a configuration.
 * @throws ConfigError with every problem at once.
 */
export const readConfig = (content: unknown, environment: Environment): Config => {
  const problems: string[] = [];
  const resolved = withEnvironment(content, environment, '', problems);
  const checked = file.safeParse(resolved);
  if (!checked.success) throw new ConfigError([...problems, ...problemsOf(checked.error.issues)]);
  const { sources, gateway, cache, redis, store } = checked.data;
  const { PRACTICEGRAPH_CACHE_KEY: cacheKey, DATABASE_URL: databaseUrl } = environment;
  problems.push(
    ...rulesOf(sources, gateway.publicUrl),
    ...(redis === undefined ? [] : cacheKeyProblems(cacheKey)),
    ...(store.memory ? [] : storeProblems(databaseUrl)),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({
    sources: sources.map((one) => settingsOf(one, gateway.publicUrl)),
    gateway,
    shared: {
      cacheBytes: cache.memoryMb * 1024 * 1024,
      ...(redis === undefined ? {} : { redis: { url: redis.url, cacheKey: new Secret(cacheKey ?? '') } }),
    },
    store: storeOf(store, databaseUrl),
    cursorSecret: new Secret(environment.PRACTICEGRAPH_CURSOR_SECRET ?? randomBytes(32).toString('hex')),
  });
};

/** Reads `sources.yaml`. @throws ConfigError also when the file is missing or not YAML. */
export const loadConfig = async (path: string, environment: Environment): Promise<Config> => {
  const content = await readFile(path, 'utf8').catch(() => {
    throw new ConfigError(['the file cannot be read']);
  });
  const parsed: unknown = (() => {
    try {
      return parse(content);
    } catch {
      throw new ConfigError(['the file is not YAML']);
    }
  })();
  return readConfig(parsed, environment);
};
