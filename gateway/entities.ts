import { applyRewrites, representationOf, type TypeTest, visitAt } from './places.ts';
import type { EntityPart, Required, Step } from './plan.ts';
import { copy, isObject, type JsonObject, mergeInto } from './response.ts';

/** The objects along one path that wait for entities: `indices[i]` is the representation of `objects[i]`. */
export interface Targets {
  readonly path: readonly Step[];
  readonly objects: JsonObject[];
  readonly indices: number[];
}

/** One part of an entity fetch: its representations, each once, and the objects that wait for each. */
export class Entities {
  readonly part: EntityPart;
  readonly representations: JsonObject[] = [];
  readonly targets: readonly Targets[];
  readonly #isA: TypeTest;
  readonly #byName = new Map<string, number>();
  readonly #byKey = new Map<unknown, number>();

  constructor(part: EntityPart, data: JsonObject, shared: boolean, isA: TypeTest) {
    this.part = part;
    this.#isA = isA;
    this.targets = part.paths.map((path) => {
      const targets: Targets = { path, objects: [], indices: [] };
      visitAt(data, path, shared, (object) => {
        const index = this.#indexOf(object);
        if (index === undefined) return;
        targets.objects.push(object);
        targets.indices.push(index);
      });
      return targets;
    });
  }

  /**
   * Gives every waiting object its answer. Along one path equal entities share what the answer holds, since the plan
   * goes on in the same way for all of them; other paths get copies.
   * @returns whether some of it is shared.
   */
  merge(answers: readonly unknown[]): boolean {
    let shared = false;
    const taken = new Map<number, Targets>();
    for (const targets of this.targets) {
      const own = new Map<number, JsonObject>();
      for (const [i, object] of targets.objects.entries()) {
        const index = targets.indices[i] ?? -1;
        const given = answers[index];
        if (!isObject(given)) continue;
        const first = taken.get(index);
        if (first === undefined) taken.set(index, targets);
        else if (first === targets) shared = true;
        const answer = first === undefined || first === targets ? given : (own.get(index) ?? copy(given));
        if (first !== undefined && first !== targets) {
          if (own.has(index)) shared = true;
          own.set(index, answer);
        }
        // an @interfaceObject's subgraph knows an entity by its interface only: its owner's word replaces that
        if (typeof object.__typename === 'string' && this.#isA(answer.__typename, object.__typename))
          object.__typename = answer.__typename;
        mergeInto(object, answer);
      }
    }
    return shared;
  }

  #indexOf(object: JsonObject): number | undefined {
    const { part, representations } = this;
    const key = part.singleKey === undefined ? undefined : object[part.singleKey];
    // most entities have one key: no representation has to be made to know one again
    const known = key === undefined ? undefined : this.#byKey.get(key);
    if (known !== undefined && representations[known]?.__typename === object.__typename) return known;
    const representation = representationOf(object, part.requires, this.#isA);
    if (representation === undefined) return undefined;
    const name = JSON.stringify(representation);
    const existing = this.#byName.get(name);
    if (existing !== undefined) return existing;
    const index = representations.push(representation) - 1;
    this.#byName.set(name, index);
    if (key !== undefined) this.#byKey.set(key, index);
    applyRewrites(representation, part.inputRewrites);
    return index;
  }
}

/** The one leaf besides `__typename` that all representations consist of. */
export const singleKey = (requires: readonly Required[]): string | undefined => {
  const keys = new Set<string>();
  for (const type of requires) {
    if (type.kind !== 'types') return undefined;
    for (const field of type.selections) {
      if (field.kind !== 'field' || field.selections !== undefined) return undefined;
      if (field.key !== '__typename') keys.add(field.key);
    }
  }
  const [key, ...others] = keys;
  return others.length === 0 ? key : undefined;
};
