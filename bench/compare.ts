import { request } from 'undici';
import type { Operation } from './workload.ts';

export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

/** Asks once, as the load does. Whatever is no GraphQL answer counts as an answer with one error. */
export const ask = async (url: string, operation: Operation): Promise<Answer> => {
  const { body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  });
  try {
    return (await body.json()) as Answer;
  } catch {
    return { errors: [{}] };
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where two values first differ, the order of keys aside; undefined where they are equal. */
export const firstDifference = (one: unknown, other: unknown, path: readonly string[] = []): string | undefined => {
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) return [...path, 'length'].join('.');
    for (const [i, item] of one.entries()) {
      const difference = firstDifference(item, other[i], [...path, String(i)]);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (isObject(one) && isObject(other)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const difference = firstDifference(one[key], other[key], [...path, key]);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return Object.is(one, other) ? undefined : path.join('.') || '(all)';
};

/** Where an answer first differs from the right one: in its data, or in whether there are errors at all. */
export const wrongAt = (right: Answer, given: Answer): string | undefined => {
  const difference = firstDifference(right.data, given.data, ['data']);
  if (difference !== undefined) return difference;
  return (right.errors === undefined) === (given.errors === undefined) ? undefined : 'errors';
};
