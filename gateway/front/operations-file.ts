import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GraphQLError, parse } from 'graphql';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';

/** The operations that a file names. */
export interface PersistedOperations {
  /** Text by id, by hash and by `sha256:` and hash. */
  readonly byId: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
}

/** A file of operations that cannot be used, with every problem in it. Problems name ids, never texts. */
export class OperationsError extends Error {
  override readonly name = 'OperationsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    const list = problems.map((one) => `  - ${one}`).join('\n');
    super(`The file of operations has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${list}`);
    this.problems = problems;
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const byIdFile = z.record(z.string(), z.unknown());

/** https://www.apollographql.com/docs/graphos/platform/security/persisted-queries#manifest-format */
const manifestFile = z.object({
  format: z.literal('apollo-persisted-query-manifest', { error: 'must be apollo-persisted-query-manifest' }),
  version: z.literal(1, { error: 'must be 1' }),
  operations: z.array(z.object({ id: z.string({ error: 'must be text' }), body: z.unknown() }), {
    error: 'must be a list of operations with id and body',
  }),
});

type Entry = readonly [id: string, text: unknown];

const isManifest = (content: unknown): boolean =>
  typeof content === 'object' && content !== null && 'operations' in content && Array.isArray(content.operations);

const entriesOf = (content: unknown, problems: string[]): readonly Entry[] => {
  if (!isManifest(content)) {
    const read = byIdFile.safeParse(content);
    if (read.success) return Object.entries(read.data);
    problems.push('the file: must be an object of texts by id, or a manifest with format, version and operations');
    return [];
  }
  const read = manifestFile.safeParse(content);
  if (read.success) return read.data.operations.map(({ id, body }) => [id, body]);
  for (const { path, message } of read.error.issues) problems.push(`${path.join('.')}: ${message}`);
  return [];
};

const problemOf = (id: string, text: unknown): string | undefined => {
  if (id === '') return 'an id is empty';
  if (typeof text !== 'string') return `${id}: must be the text of an operation`;
  if (/^(sha256:)?[0-9a-f]{64}$/.test(id) && id.slice(-64) !== sha256(text))
    return `${id}: is not the SHA-256 of its text`;
  try {
    const { definitions } = parse(text, { maxTokens: LIMITS.tokens, noLocation: true });
    return definitions.some(({ kind }) => kind === 'OperationDefinition') ? undefined : `${id}: holds no operation`;
  } catch (thrown) {
    const tooMany = thrown instanceof GraphQLError && /more tha[nt] \d+ tokens/.test(thrown.message);
    return tooMany ? `${id}: has more than ${LIMITS.tokens} tokens` : `${id}: is not GraphQL`;
  }
};

/**
 * Reads a file of operations: a JSON object of texts by id (an id may be its text's SHA-256), or Apollo's manifest.
 * @throws OperationsError with every problem at once.
 */
export const readOperations = (content: string): PersistedOperations => {
  const problems: string[] = [];
  const parsed: unknown = (() => {
    try {
      return JSON.parse(content);
    } catch {
      throw new OperationsError(['the file: is not JSON']);
    }
  })();
  const byId = new Map<string, string>();
  const texts = new Set<string>();
  const entries = entriesOf(parsed, problems);
  if (entries.length === 0 && problems.length === 0) problems.push('the file: names no operation');
  for (const [id, text] of entries) {
    const problem = byId.has(id) && byId.get(id) !== text ? `${id}: stands there twice` : problemOf(id, text);
    if (problem !== undefined) problems.push(problem);
    if (typeof text !== 'string') continue;
    texts.add(text);
    byId.set(id, text);
  }
  if (problems.length > 0) throw new OperationsError(problems);
  for (const text of texts) {
    const hash = sha256(text);
    byId.set(hash, text);
    byId.set(`sha256:${hash}`, text);
  }
  return { byId, texts };
};

/** Reads such a file from the disk. @throws OperationsError also when it cannot be read */
export const loadOperations = async (path: string): Promise<PersistedOperations> => {
  const content = await readFile(path, 'utf8').catch(() => {
    throw new OperationsError(['the file: cannot be read']);
  });
  return readOperations(content);
};
