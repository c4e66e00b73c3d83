import type { Operation } from './operations.ts';
import type { MarkedSource } from './world.ts';

/** What was found in one answer. */
export interface Finding {
  /** Records and sources looked at. */
  records: number;
  /** Texts that bear a mark. */
  marks: number;
  /** Values of a source that is not the record's own, or that nobody asked for or may see. */
  foreign: string[];
  /** Texts of which nobody can say whose they are. */
  unmarked: string[];
  /** Records that should be in the answer and are not. */
  absent: string[];
}

const MARK = /mk\d+/gi;
const sourceOf = (id: string): string => id.split('/')[0] ?? '';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Looks at every value of an answer: whose it says it is, and whose mark it bears. */
export const checkerOf = (sources: readonly MarkedSource[]) => {
  const markOf = new Map(sources.map(({ id, mark }) => [id, mark]));

  const checkText = (text: string, path: string, owner: string | undefined, found: Finding): void => {
    const marks = text.toLowerCase().match(MARK) ?? [];
    const own = owner === undefined ? undefined : markOf.get(owner);
    found.marks += marks.length;
    if (marks.some((mark) => mark !== own)) found.foreign.push(path);
    const mustBeMarked = /(^|\.)m_\w+$/.test(path);
    if (mustBeMarked && marks.length === 0) found.unmarked.push(path);
  };

  const walk = (
    value: unknown,
    path: string,
    owner: string | undefined,
    operation: Operation,
    found: Finding,
  ): void => {
    if (typeof value === 'string') checkText(value, path, owner, found);
    if (Array.isArray(value)) for (const item of value) walk(item, path, owner, operation, found);
    if (!isObject(value)) return;
    const inner = typeof value.id === 'string' ? sourceOf(value.id) : owner;
    if (typeof value.id === 'string') {
      found.records += 1;
      // whatever hangs on a record is of the record's source
      if (!operation.allowed.has(sourceOf(value.id)) || (owner !== undefined && inner !== owner))
        found.foreign.push(`${path}.id`);
    }
    for (const [name, part] of Object.entries(value))
      if (name !== 'id') walk(part, `${path}.${name}`, inner, operation, found);
  };

  const checkIds = (data: Json, { ids = [], allowed }: Operation, found: Finding): void => {
    const answers = 'nodes' in data ? (data.nodes as readonly unknown[]) : [data.node];
    for (const [i, id] of ids.entries()) {
      const answer = answers[i];
      const got = isObject(answer) ? answer.id : undefined;
      if (got !== undefined && got !== id) found.foreign.push('nodes.id');
      if (got === undefined && allowed.has(sourceOf(id))) found.absent.push('nodes');
    }
  };

  return (data: Json | null, operation: Operation): Finding => {
    const found: Finding = { records: 0, marks: 0, foreign: [], unmarked: [], absent: [] };
    walk(data, operation.name, undefined, operation, found);
    if (data !== null && operation.ids !== undefined) checkIds(data, operation, found);
    return found;
  };
};
