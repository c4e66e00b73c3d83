import { Kind, type SelectionNode, type TypeNode } from 'graphql';
import type { CompositeType, FieldIn, Supergraph, TypeIn } from './model.ts';

/** Where objects can be had: a type of a subgraph, with the @external fields that are provided there. */
export interface Home {
  readonly id: string;
  readonly graph: string;
  readonly type: string;
  readonly provided: readonly SelectionNode[];
}

/** What decides which side of a progressive @override is asked. */
export interface OverrideChoice {
  readonly labels: ReadonlySet<string>;
  readonly percentage: number;
}

/** The percentage that a label of a progressive @override names, if it is of that kind. */
export const percentOf = (label: string): number | undefined => {
  const percent = /^percent\((\d+(?:\.\d+)?)\)$/.exec(label)?.[1];
  return percent === undefined ? undefined : Number(percent);
};

/** The name inside a type's lists and non-nulls. */
export const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);

/** A type in a subgraph as a home. */
export const home = (graph: string, type: string, provided: readonly SelectionNode[] = []): Home => ({
  id: `${graph} ${type}${provided.length > 0 ? ' +' : ''}`,
  graph,
  type,
  provided,
});

/** Which fields a subgraph can be asked for, in one operation. */
export class Access {
  readonly supergraph: Supergraph;
  readonly #overrides: OverrideChoice;
  /**
   * Are a subgraph's own @external key fields readable? They are not its own to answer, but it has to know them: a last
   * resort.
   */
  readonly #lenient: boolean;

  constructor(supergraph: Supergraph, overrides: OverrideChoice, lenient: boolean) {
    this.supergraph = supergraph;
    this.#overrides = overrides;
    this.#lenient = lenient;
  }

  type(name: string): CompositeType {
    const type = this.supergraph.types.get(name);
    if (type === undefined) throw new Error('The supergraph has no such type.');
    return type;
  }

  isComposite(name: string): boolean {
    return this.supergraph.types.has(name);
  }

  in({ graph, type }: Home): TypeIn | undefined {
    return this.supergraph.types.get(type)?.graphs.get(graph);
  }

  /** Is it an interface of which the subgraph does not know the object types? */
  isInterfaceObject(at: Home): boolean {
    return this.in(at)?.isInterfaceObject === true;
  }

  /** Object types that can be met there. */
  possible(at: Home): ReadonlySet<string> {
    return this.in(at)?.possible ?? new Set();
  }

  /** A field as the subgraph has it, unless another subgraph has taken it over. */
  field({ graph, type }: Pick<Home, 'graph' | 'type'>, name: string): FieldIn | undefined {
    const field = this.supergraph.types.get(type)?.fields.get(name);
    const found = field?.graphs.get(graph);
    if (field === undefined || found === undefined || !this.#isActive(found)) return undefined;
    for (const other of field.graphs.values())
      if (other.overrides?.graph === graph && this.#isActive(other)) return undefined;
    return found;
  }

  #isActive({ overrides }: FieldIn): boolean {
    const label = overrides?.label;
    if (label === undefined) return true;
    const percent = percentOf(label);
    return percent === undefined ? this.#overrides.labels.has(label) : this.#overrides.percentage < percent;
  }

  /**
   * Where a field leads when the subgraph can simply be asked for it; `undefined` when it cannot. The field of an
   * interface can be asked for where it can be of every object type.
   */
  read(at: Home, name: string): Home | undefined {
    const field = this.#readable(at, name);
    if (field === undefined) return undefined;
    const type = namedType(field.type);
    if (!this.isComposite(type)) return home(at.graph, type);
    return home(at.graph, type, [...field.provides, ...this.#within(at, name)]);
  }

  /** Where a field leads once what it requires has been sent. */
  open(at: Home, name: string): Home | undefined {
    const field = this.field(at, name);
    return field === undefined ? undefined : home(at.graph, namedType(field.type), field.provides);
  }

  #readable(at: Home, name: string): FieldIn | undefined {
    const field = this.field(at, name);
    if (field === undefined) return undefined;
    const { abstract } = this.type(at.type);
    if (abstract && !this.isInterfaceObject(at)) {
      for (const object of this.possible(at))
        if (this.#readable({ ...at, type: object }, name) === undefined) return undefined;
      return field;
    }
    if (field.requires !== undefined) return undefined;
    if (!field.external && !this.#isRequired(at, name)) return field;
    if (this.#isProvided(at.provided, at.type, name)) return field;
    return this.#lenient && this.in(at)?.keyFields.has(name) ? field : undefined;
  }

  /** What an @interfaceObject requires is external, though composition may not say so. */
  #isRequired(at: Home, name: string): boolean {
    if (!this.isInterfaceObject(at)) return false;
    for (const field of this.type(at.type).fields.values())
      for (const node of field.graphs.get(at.graph)?.requires ?? [])
        if (node.kind === Kind.FIELD && node.name.value === name) return true;
    return false;
  }

  #isProvided(provided: readonly SelectionNode[], type: string, name: string): boolean {
    return provided.some((node) => {
      if (node.kind === Kind.FIELD) return node.name.value === name;
      return (
        node.kind === Kind.INLINE_FRAGMENT &&
        this.#applies(node.typeCondition?.name.value, type) &&
        this.#isProvided(node.selectionSet.selections, type, name)
      );
    });
  }

  #applies(condition: string | undefined, type: string): boolean {
    if (condition === undefined || condition === type) return true;
    return this.supergraph.types.get(condition)?.possible.has(type) === true;
  }

  /** What is provided below a field. */
  #within({ provided, type }: Home, name: string): readonly SelectionNode[] {
    const inside = (nodes: readonly SelectionNode[]): readonly SelectionNode[] =>
      nodes.flatMap((node) => {
        if (node.kind === Kind.FIELD) return node.name.value === name ? (node.selectionSet?.selections ?? []) : [];
        if (node.kind !== Kind.INLINE_FRAGMENT || !this.#applies(node.typeCondition?.name.value, type)) return [];
        return inside(node.selectionSet.selections);
      });
    return inside(provided);
  }

  /** The home of one object type among those that are met at another home; `undefined` when it is not met there. */
  narrow(at: Home, object: string): Home | undefined {
    if (at.type === object) return at;
    if (this.isInterfaceObject(at) || !this.possible(at).has(object)) return undefined;
    return home(at.graph, object, at.provided);
  }

  /** How many of the selected fields have to be had elsewhere; it stops counting early where there is much to count. */
  missing(at: Home, selections: readonly SelectionNode[], budget = { left: MOST_COUNTED }): number {
    let count = 0;
    for (const node of selections) {
      budget.left -= 1;
      if (budget.left < 0) return count;
      if (node.kind === Kind.FIELD)
        count += this.#missingField(at, node.name.value, node.selectionSet?.selections, budget);
      if (node.kind !== Kind.INLINE_FRAGMENT) continue;
      const condition = node.typeCondition?.name.value ?? at.type;
      const met = [...this.possible(at)].filter((object) => this.#applies(condition, object));
      if (met.length === this.possible(at).size) count += this.missing(at, node.selectionSet.selections, budget);
      else
        for (const object of met)
          count += this.missing(home(at.graph, object, at.provided), node.selectionSet.selections, budget);
    }
    return count;
  }

  #missingField(
    at: Home,
    name: string,
    selections: readonly SelectionNode[] | undefined,
    budget: { left: number },
  ): number {
    if (name === '__typename') return this.isInterfaceObject(at) ? 1 : 0;
    const next = this.read(at, name);
    if (next !== undefined) return selections === undefined ? 0 : this.missing(next, selections, budget);
    if (!this.type(at.type).abstract || this.isInterfaceObject(at)) return 1;
    for (const object of this.possible(at)) {
      budget.left -= 1;
      if (budget.left < 0 || this.#missingField({ ...at, type: object }, name, selections, budget) > 0) return 1;
    }
    return 0;
  }
}

/** A selection looked through when subgraphs are compared: more would not change which is the better one. */
const MOST_COUNTED = 500;
