import type { TypeTest } from './places.ts';
import { isObject, type JsonObject } from './response.ts';
import { type FieldsOf, type Selected, type Shape, typenameOf } from './selection.ts';

/** Says that something is not as the graph promises: then `complete` has to say where. */
export const FAULTY = Symbol('faulty');

/**
 * Cuts what was gathered to the client's selection where nothing is wrong, which is almost always: without paths,
 * without errors, and an object that stands in several places only once.
 * @returns FAULTY as soon as a value is missing where one must be, or is not of its type.
 */
export const cut = (
  fields: readonly Selected[],
  data: JsonObject,
  isA: TypeTest,
  shared: boolean,
): JsonObject | typeof FAULTY => new Cut(isA, shared ? new Map() : undefined).object(fields, data);

class Cut {
  readonly #isA: TypeTest;
  /** What has been cut, by what was gathered: one object is always selected from in one way. */
  readonly #known: Map<object, unknown> | undefined;

  constructor(isA: TypeTest, known: Map<object, unknown> | undefined) {
    this.#isA = isA;
    this.#known = known;
  }

  object(fields: readonly Selected[], from: JsonObject): JsonObject | typeof FAULTY {
    const made: JsonObject = {};
    for (const { key, from: given, name, parent, shape, fields: below, typed, owned } of fields) {
      const value = own(from, given);
      if (shape === undefined) made[key] = name === '__typename' ? parent : value;
      else if (owned || (shape.leaf && shape.values === undefined)) {
        if (value === undefined || value === null) {
          if (shape.nonNull) return FAULTY;
          made[key] = null;
        } else made[key] = value;
      } else {
        const completed = this.#value(shape, below, typed, value);
        if (completed === FAULTY) return FAULTY;
        made[key] = completed;
      }
    }
    return made;
  }

  #value(shape: Shape, fields: FieldsOf | undefined, typed: boolean, value: unknown): unknown {
    if (value === undefined || value === null) return shape.nonNull ? FAULTY : null;
    if (shape.item === undefined && shape.leaf)
      return shape.values === undefined || shape.values.has(String(value)) ? value : FAULTY;
    if (typeof value !== 'object') return FAULTY;
    const known = this.#known?.get(value);
    if (known !== undefined) return known;
    const made = Array.isArray(value)
      ? this.#list(shape.item, fields, typed, value)
      : this.#composite(shape, fields, typed, value);
    if (made !== FAULTY) this.#known?.set(value, made);
    return made;
  }

  #composite(shape: Shape, fields: FieldsOf | undefined, typed: boolean, value: object): unknown {
    if (!isObject(value) || shape.item !== undefined) return FAULTY;
    const typename = typenameOf(shape, typed, value, this.#isA);
    if (typename === undefined) return shape.nonNull ? FAULTY : null;
    return this.object(fields?.(typename) ?? [], value);
  }

  #list(
    item: Shape | undefined,
    fields: FieldsOf | undefined,
    typed: boolean,
    values: readonly unknown[],
  ): unknown[] | typeof FAULTY {
    if (item === undefined) return FAULTY;
    const made: unknown[] = [];
    for (const value of values) {
      const completed = this.#value(item, fields, typed, value);
      if (completed === FAULTY) return FAULTY;
      made.push(completed);
    }
    return made;
  }
}

/** What was gathered is data; a function is what every object inherits under names such as `constructor`. */
export const own = (object: JsonObject, key: string): unknown => {
  const value = object[key];
  return typeof value === 'function' ? undefined : value;
};
