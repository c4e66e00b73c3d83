import { type FieldNode, Kind, print, type SelectionNode } from 'graphql';
import { fieldSetKey } from '../keys.ts';
import { namedType } from './access.ts';
import type { Supergraph } from './model.ts';

/** Asks what an object is. */
export const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * Field sets of keys and @requires in the form in which they are selected: with the types of what is abstract, since
 * representations need them, and under keys that no client's field can have wherever they could meet: fields with
 * arguments, and objects, which become null as a whole when another field that is selected of them must not be null.
 */
export class FieldSets {
  readonly #supergraph: Supergraph;
  readonly #known = new Map<readonly SelectionNode[], readonly SelectionNode[]>();
  readonly #numbers = new Map<string, number>();

  constructor(supergraph: Supergraph) {
    this.#supergraph = supergraph;
  }

  /** A field set of a type. */
  of(type: string, written: readonly SelectionNode[]): readonly SelectionNode[] {
    const known = this.#known.get(written) ?? this.#selections(type, written);
    this.#known.set(written, known);
    return known;
  }

  #selections(type: string, written: readonly SelectionNode[]): readonly SelectionNode[] {
    return written.map((node): SelectionNode => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node;
      if (node.kind === Kind.FIELD) return this.#field(type, node);
      const inner = node.typeCondition?.name.value ?? type;
      return { ...node, selectionSet: this.#set(inner, node.selectionSet.selections) };
    });
  }

  #set(type: string, written: readonly SelectionNode[]) {
    return { kind: Kind.SELECTION_SET, selections: this.#selections(type, written) } as const;
  }

  #field(type: string, node: FieldNode): FieldNode {
    const field = this.#supergraph.types.get(type)?.fields.get(node.name.value);
    const alias = this.#alias(node);
    const keyed = alias === undefined ? node : { ...node, alias: { kind: Kind.NAME, value: alias } as const };
    if (node.selectionSet === undefined || field === undefined) return keyed;
    const inner = namedType(field.type);
    const selections = this.#selections(inner, node.selectionSet.selections);
    const abstract = this.#supergraph.types.get(inner)?.abstract === true;
    return {
      ...keyed,
      selectionSet: { kind: Kind.SELECTION_SET, selections: abstract ? [TYPENAME, ...selections] : selections },
    };
  }

  /** Clients' aliases have no two underscores in front; errors' paths are given back the field's name by `clientKey`. */
  #alias(node: FieldNode): string | undefined {
    if ((node.arguments ?? []).length === 0 && node.selectionSet === undefined) return undefined;
    const meaning = print(node);
    const number = this.#numbers.get(meaning) ?? this.#numbers.size;
    this.#numbers.set(meaning, number);
    return fieldSetKey(node.name.value, number);
  }
}
