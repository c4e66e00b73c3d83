import type { Required, Rewrite, Step } from './plan.ts';
import { isObject, type JsonObject } from './response.ts';

/** Where an object hangs in the response. */
export interface Place {
  readonly holder: JsonObject | unknown[];
  readonly key: string | number;
  readonly path: readonly (string | number)[];
}

type Visit = (object: JsonObject) => void;

/**
 * Visits every object of the response that a plan's path leads to, once, even if it stands in several places. A path
 * names a list once however deep its lists are nested, and may end at one without saying so: its items are meant.
 */
export const visitAt = (root: JsonObject, path: readonly Step[], shared: boolean, visit: Visit): void =>
  walk(root, path, 0, shared ? new Set() : undefined, visit);

const walk = (value: unknown, path: readonly Step[], depth: number, seen: Set<object> | undefined, visit: Visit) => {
  if (typeof value !== 'object' || value === null) return;
  if (seen !== undefined) {
    if (seen.has(value)) return;
    seen.add(value);
  }
  if (Array.isArray(value)) {
    for (const item of value) walk(item, path, depth, seen, visit);
    return;
  }
  const object = value as JsonObject;
  for (let i = depth; i < path.length; i++) {
    const step = path[i] as Step;
    if (step === 'items') continue;
    if ('field' in step) return walk(object[step.field], path, i + 1, seen, visit);
    if (!step.types.has(String(object.__typename))) return;
  }
  visit(object);
};

/** Every place in which the wanted objects stand along a path: what an error has to name. */
export const placesOf = (
  root: JsonObject,
  path: readonly Step[],
  wanted: ReadonlySet<object>,
): ReadonlyMap<object, readonly Place[]> => {
  const found = new Map<object, Place[]>();
  const steps: (string | number)[] = [];
  const search = (value: unknown, depth: number, holder: JsonObject | unknown[], key: string | number): void => {
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) {
        steps.push(i);
        search(item, depth, value, i);
        steps.pop();
      }
      return;
    }
    if (!isObject(value)) return;
    for (let i = depth; i < path.length; i++) {
      const step = path[i] as Step;
      if (step === 'items') continue;
      if ('types' in step) {
        if (!step.types.has(String(value.__typename))) return;
        continue;
      }
      steps.push(step.field);
      search(value[step.field], i + 1, value, step.field);
      steps.pop();
      return;
    }
    if (!wanted.has(value)) return;
    const places = found.get(value) ?? [];
    places.push({ holder, key, path: [...steps] });
    found.set(value, places);
  };
  search(root, 0, {}, 'data');
  return found;
};

/** Tells whether an object's type is, or implements, a type condition. */
export type TypeTest = (typename: unknown, condition: string) => boolean;

/**
 * What a subgraph needs to know an entity. `undefined` when the object is not of a required type or a needed key is
 * missing: then there is nothing to ask.
 */
export const representationOf = (
  object: JsonObject,
  requires: readonly Required[],
  isA: TypeTest,
): JsonObject | undefined => {
  const made: JsonObject = {};
  let met = false;
  for (const part of requires) {
    if (part.kind !== 'types' || !isA(object.__typename, part.type)) continue;
    met = true;
    if (!select(object, part.selections, made, isA)) return undefined;
  }
  return met ? made : undefined;
};

/** Copies the selected keys; `false` when a key was never answered. A null is an answer. */
const select = (from: JsonObject, selections: readonly Required[], into: JsonObject, isA: TypeTest): boolean => {
  for (const selection of selections) {
    if (selection.kind === 'types') {
      if (isA(from.__typename, selection.type) && !select(from, selection.selections, into, isA)) return false;
      continue;
    }
    const value = Object.hasOwn(from, selection.key) ? from[selection.key] : undefined;
    if (value === undefined) {
      if (selection.name === '__typename' || selection.name === 'id') return false;
      into[selection.name] = null;
      continue;
    }
    into[selection.name] = selection.selections === undefined ? value : selectValue(value, selection.selections, isA);
  }
  return true;
};

const selectValue = (value: unknown, selections: readonly Required[], isA: TypeTest): unknown => {
  if (Array.isArray(value)) return value.map((item) => selectValue(item, selections, isA));
  if (!isObject(value)) return value;
  const made: JsonObject = {};
  select(value, selections, made, isA);
  return made;
};

/** Applies the planner's rewrites to representations before they go out or to an answer before it is merged. */
export const applyRewrites = (value: unknown, rewrites: readonly Rewrite[]): void => {
  for (const rewrite of rewrites) rewriteAt(value, rewrite.path, rewrite);
};

const rewriteAt = (value: unknown, path: Rewrite['path'], rewrite: Rewrite): void => {
  if (Array.isArray(value)) {
    for (const item of value) rewriteAt(item, path, rewrite);
    return;
  }
  if (!isObject(value)) return;
  const [step, ...rest] = path;
  if (step === undefined) return;
  if (rest.length > 0) {
    rewriteAt(value[step.key], rest, rewrite);
    return;
  }
  if (!Object.hasOwn(value, step.key)) return;
  if (rewrite.kind === 'set') {
    value[step.key] = rewrite.value;
    return;
  }
  value[rewrite.to] = value[step.key];
  delete value[step.key];
};

/** An error's path inside an answer, with the planner's renamed keys as the client knows them. */
export const renamePath = (
  path: readonly (string | number)[],
  rewrites: readonly Rewrite[],
): readonly (string | number)[] =>
  rewrites.reduce<readonly (string | number)[]>((result, rewrite) => {
    if (rewrite.kind !== 'rename') return result;
    const keys = rewrite.path.map(({ key }) => key);
    const positions = result.flatMap((step, i) => (typeof step === 'string' ? [i] : []));
    if (keys.length > positions.length || !keys.every((key, i) => result[positions[i] ?? -1] === key)) return result;
    const last = positions[keys.length - 1];
    return result.map((step, i) => (i === last ? rewrite.to : step));
  }, path);
