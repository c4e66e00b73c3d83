import { isDeepStrictEqual } from 'node:util';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { Refused } from './faults.ts';

const MOST_STEPS = 100;

const Pointer = z.string().regex(/^(?:\/(?:[^/~]|~[01])*)*$/);
const Steps = z
  .array(
    z.discriminatedUnion('op', [
      z.object({ op: z.literal('add'), path: Pointer, value: z.unknown() }),
      z.object({ op: z.literal('replace'), path: Pointer, value: z.unknown() }),
      z.object({ op: z.literal('test'), path: Pointer, value: z.unknown() }),
      z.object({ op: z.literal('remove'), path: Pointer }),
      z.object({ op: z.literal('move'), path: Pointer, from: Pointer }),
      z.object({ op: z.literal('copy'), path: Pointer, from: Pointer }),
    ]),
  )
  .min(1)
  .max(MOST_STEPS);

export type Step = z.infer<typeof Steps>[number];

type Container = unknown[] | Record<string, unknown>;

const failed = (): Refused => new Refused('patch-failed');

const partsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null && !isLosslessNumber(value);

const indexIn = (part: string, most: number): number => {
  if (!/^(?:0|[1-9]\d*)$/.test(part) || Number(part) > most) throw failed();
  return Number(part);
};

const member = (container: unknown, part: string): unknown => {
  if (!isContainer(container)) throw failed();
  if (Array.isArray(container)) return container[indexIn(part, container.length - 1)];
  if (!Object.hasOwn(container, part)) throw failed();
  return container[part];
};

/** The container of the place that a pointer names, and the last part of its path. */
const placeOf = (root: unknown, pointer: string): readonly [container: Container, last: string] => {
  const parts = partsOf(pointer);
  const last = parts.at(-1);
  const container = parts.slice(0, -1).reduce(member, root);
  // the whole document is never replaced: it would be another resource
  if (last === undefined || last === '__proto__' || !isContainer(container)) throw failed();
  return [container, last];
};

const add = (root: unknown, pointer: string, value: unknown): void => {
  const [container, last] = placeOf(root, pointer);
  if (!Array.isArray(container)) container[last] = value;
  else container.splice(last === '-' ? container.length : indexIn(last, container.length), 0, value);
};

const remove = (root: unknown, pointer: string): unknown => {
  const [container, last] = placeOf(root, pointer);
  const value = member(container, last);
  if (Array.isArray(container)) container.splice(Number(last), 1);
  else delete container[last];
  return value;
};

const valueAt = (root: unknown, pointer: string): unknown => partsOf(pointer).reduce(member, root);
const copied = (value: unknown): unknown => parse(stringify(value) ?? 'null');

const replace = (root: unknown, pointer: string, value: unknown): void => {
  const [container, last] = placeOf(root, pointer);
  member(container, last);
  if (Array.isArray(container)) container[Number(last)] = value;
  else container[last] = value;
};

const move = (root: unknown, from: string, to: string): void => {
  if (to.startsWith(`${from}/`)) throw failed();
  add(root, to, remove(root, from));
};

const test = (root: unknown, pointer: string, value: unknown): void => {
  if (!isDeepStrictEqual(valueAt(root, pointer), value)) throw failed();
};

const apply = (root: unknown, step: Step): void => {
  const carriedOut: { readonly [K in Step['op']]: (one: Extract<Step, { op: K }>) => void } = {
    add: ({ path, value }) => add(root, path, value),
    replace: ({ path, value }) => replace(root, path, value),
    test: ({ path, value }) => test(root, path, value),
    remove: ({ path }) => {
      remove(root, path);
    },
    move: ({ path, from }) => move(root, from, path),
    copy: ({ path, from }) => add(root, path, copied(valueAt(root, from))),
  };
  carriedOut[step.op](step as never);
};

/** Reads a JSON Patch (RFC 6902). Refuses what is none. */
export const stepsOf = (body: string): readonly Step[] => {
  try {
    return Steps.parse(parse(body));
  } catch {
    throw new Refused('patch-broken');
  }
};

/** A resource's text with a patch applied, wholly or not at all; numbers keep their digits. */
export const patched = (text: string, steps: readonly Step[]): string => {
  const root = parse(text);
  for (const step of steps) apply(root, step);
  // what is left without members is left out: FHIR has no empty lists
  return stringify(root, (_key, value) => (Array.isArray(value) && value.length === 0 ? undefined : value)) ?? '';
};
