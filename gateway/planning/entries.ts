import { type FieldNode, Kind, print, type SelectionNode } from 'graphql';
import { type Access, type Home, home, namedType } from './access.ts';
import type { FieldSets } from './field-sets.ts';
import type { Field } from './model.ts';
import type { Place } from './place.ts';

/** A home in which the objects at a place can be asked for as entities, by any of its keys. */
export interface Entry {
  readonly home: Home;
  readonly keys: readonly (readonly SelectionNode[])[];
  /** Do representations have to name the object types, since the subgraph has no key of the interface itself? */
  readonly typed: boolean;
}

/** What the types of a place's objects have in common: entries, interfaces and fields. */
export class Entries {
  readonly #access: Access;
  readonly #fieldSets: FieldSets;
  readonly #known = new Map<Place, { readonly possible: ReadonlySet<string> | undefined; readonly entries: Entry[] }>();
  readonly #byType = new Map<string, readonly Entry[]>();
  readonly #texts = new Map<readonly SelectionNode[], string>();

  constructor(access: Access, fieldSets: FieldSets) {
    this.#access = access;
    this.#fieldSets = fieldSets;
  }

  /** Homes in which the objects at a place can be asked for as entities. */
  of(place: Place): readonly Entry[] {
    const known = this.#known.get(place);
    if (known !== undefined && known.possible === place.possible) return known.entries;
    const { abstract, interfaces } = this.#access.type(place.type);
    const entries = abstract
      ? this.covering(place).flatMap((name) => [...this.#keyed(name, false), ...this.#together(name, place)])
      : [...this.#keyed(place.type, false), ...[...interfaces].flatMap((name) => this.#keyed(name, true))];
    this.#known.set(place, { possible: place.possible, entries });
    return entries;
  }

  #keyed(type: string, asInterfaceObject: boolean): readonly Entry[] {
    const name = asInterfaceObject ? `${type} as object` : type;
    const known = this.#byType.get(name);
    if (known !== undefined) return known;
    const made = [...this.#access.type(type).graphs].flatMap(([graph, { keys, isInterfaceObject }]) =>
      keys.length > 0 && (isInterfaceObject || !asInterfaceObject)
        ? [{ home: home(graph, type), keys: keys.map((key) => this.#fieldSets.of(type, key)), typed: false }]
        : [],
    );
    this.#byType.set(name, made);
    return made;
  }

  #textOf(key: readonly SelectionNode[]): string {
    const text = this.#texts.get(key) ?? key.map(print).join(' ');
    this.#texts.set(key, text);
    return text;
  }

  /** Subgraphs that have no key of an interface, but one of every object type: all objects can be asked for together. */
  #together(type: string, place: Place): Entry[] {
    const possible = [...this.#possible(place)];
    return [...this.#access.type(type).graphs].flatMap(([graph, known]) => {
      if (known.keys.length > 0 || !possible.every((object) => known.possible.has(object))) return [];
      const [first, ...others] = possible.map((object) =>
        this.#keyed(object, false).find((one) => one.home.graph === graph),
      );
      const texts = others.map((other) => (other?.keys ?? []).map((key) => this.#textOf(key)));
      const keys = (first?.keys ?? []).filter((key) => texts.every((keys) => keys.includes(this.#textOf(key))));
      return keys.length > 0 ? [{ home: home(graph, type), keys, typed: true }] : [];
    });
  }

  #possible(place: Place): ReadonlySet<string> {
    return place.possible ?? this.#access.type(place.type).possible;
  }

  /** Interfaces that all objects at a place implement, that of its own type first. */
  covering(place: Place): readonly string[] {
    const possible = [...this.#possible(place)];
    const [one] = possible;
    const names = one === undefined ? [] : [...this.#access.type(one).interfaces];
    const all = names.filter((name) => possible.every((object) => this.#access.type(object).interfaces.has(name)));
    return all.sort((one, other) => Number(other === place.type) - Number(one === place.type));
  }

  /** The definition of a field that all objects at a place have. */
  definition(place: Place, name: string): Field | undefined {
    const { abstract, fields } = this.#access.type(place.type);
    const own = fields.get(name);
    if (own !== undefined || !abstract) return own;
    for (const type of this.covering(place)) {
      const field = this.#access.type(type).fields.get(name);
      if (field !== undefined) return field;
    }
    return undefined;
  }

  /** The place below a field; `undefined` below a leaf, or where the objects at a place have no such field in common. */
  below(place: Place, node: FieldNode): Place | undefined {
    const field = this.definition(place, node.name.value);
    if (field === undefined || node.selectionSet === undefined) return undefined;
    const nullable = field.type.kind === Kind.NON_NULL_TYPE ? field.type.type : field.type;
    return place.child(node, namedType(field.type), nullable.kind === Kind.LIST_TYPE);
  }
}
