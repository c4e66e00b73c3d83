import { type FieldNode, Kind, OperationTypeNode, type SelectionNode } from 'graphql';
import { type Access, type Home, home, namedType } from './access.ts';
import type { FieldSets } from './field-sets.ts';
import type { Field } from './model.ts';
import type { Place } from './place.ts';

/** How the objects at a place can be had in a subgraph, and how many requests after one another that takes. */
export interface Way {
  readonly home: Home;
  readonly cost: number;
  readonly from:
    | { readonly kind: 'visit' }
    | { readonly kind: 'root' }
    | { readonly kind: 'above'; readonly way: Way }
    | { readonly kind: 'key'; readonly key: readonly SelectionNode[] };
}

/** The best way to each home, by the home's id. */
export type Ways = Map<string, Way>;

/** Keys may lie in objects that have to be looked up by keys themselves: real ones are two or three deep. */
const DEEPEST = 6;

/** What it costs to select a field that a fetch above would not select otherwise: it only decides between equals. */
const STEP = 0.01;

/** What a fetch that is made anyway costs for each one that has to come before it: an early one is the better source. */
const STAGE = 0.02;
const LATEST = 0.9;

/** Finds ways over the keys of a supergraph, breadth first: a way never leads over a home that costs as much as its own. */
export class Search {
  readonly #access: Access;
  readonly #fieldSets: FieldSets;
  readonly #roots: ReadonlySet<string> | undefined;
  /** Homes that are being entered, by place: nothing that this takes may lead over them. */
  readonly #entering = new Map<Place, Set<string>>();
  readonly #known = new Map<Place, Ways>();

  /** With `roots`, the operation's root can be asked in these subgraphs alone. */
  constructor(access: Access, fieldSets: FieldSets, roots: ReadonlySet<string> | undefined) {
    this.#access = access;
    this.#fieldSets = fieldSets;
    this.#roots = roots;
  }

  /** Forgets all ways: something can be had that could not be had as easily before. */
  reset(): void {
    this.#known.clear();
  }

  /** Does something while no way leads over a home. */
  entering<T>(place: Place, { id }: Home, run: () => T): T {
    const ids = this.#entering.get(place) ?? new Set();
    this.#entering.set(place, ids);
    const outer = ids.has(id);
    ids.add(id);
    this.reset();
    const result = run();
    if (!outer) ids.delete(id);
    this.reset();
    return result;
  }

  /** All ways to a place. */
  ways(place: Place): Ways {
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const made =
      place.parent === undefined
        ? this.#rootWays(place)
        : this.#closure(place, this.#above(place, this.ways(place.parent.place)), 0);
    this.#known.set(place, made);
    return made;
  }

  #rootWays(place: Place): Ways {
    const ways: Ways = new Map();
    for (const graph of this.#access.type(place.type).graphs.keys())
      if (place.parent !== undefined || this.#roots?.has(graph) !== false)
        this.#improve(ways, { home: home(graph, place.type), cost: 1, from: { kind: 'root' } });
    this.#addVisits(place, ways);
    return ways;
  }

  #addVisits(place: Place, ways: Ways): void {
    for (const { home: at, fetch } of place.visits.values())
      this.#improve(ways, { home: at, cost: Math.min(STAGE * fetch.stage, LATEST), from: { kind: 'visit' } });
  }

  #improve(ways: Ways, way: Way): boolean {
    const known = ways.get(way.home.id);
    if (known !== undefined && known.cost <= way.cost) return false;
    ways.set(way.home.id, way);
    return true;
  }

  /** The ways that lead on from the place above. */
  #above(place: Place, above: Ways): Ways {
    const ways: Ways = new Map();
    const { parent } = place;
    if (parent === undefined) return ways;
    for (const way of above.values()) {
      const at =
        'object' in parent.via
          ? this.#access.narrow(way.home, parent.via.object)
          : this.#access.read(way.home, parent.via.field.name.value);
      if (at !== undefined) this.#improve(ways, { home: at, cost: way.cost + STEP, from: { kind: 'above', way } });
    }
    this.#addVisits(place, ways);
    return ways;
  }

  /** Adds all ways over keys. */
  #closure(place: Place, ways: Ways, depth: number): Ways {
    if (place.type === this.#access.supergraph.roots.get(OperationTypeNode.QUERY))
      for (const way of this.#rootWays(place).values()) this.#improve(ways, way);
    if (depth > DEEPEST || ways.size === 0) return ways;
    const homes = this.entries(place).filter(({ id }) => this.#entering.get(place)?.has(id) !== true);
    for (let changed = true; changed; ) {
      changed = false;
      for (const at of homes) {
        if ((ways.get(at.id)?.cost ?? Number.POSITIVE_INFINITY) <= 1) continue;
        for (const key of this.keys(at)) {
          const cost = 1 + this.#selections(place, key, ways, depth + 1);
          if (cost === Number.POSITIVE_INFINITY) continue;
          changed = this.#improve(ways, { home: at, cost, from: { kind: 'key', key } }) || changed;
        }
      }
    }
    return ways;
  }

  /** The keys by which entities of a home can be asked for. */
  keys(at: Home): readonly (readonly SelectionNode[])[] {
    return (this.#access.in(at)?.keys ?? []).map((key) => this.#fieldSets.of(at.type, key));
  }

  /** Homes in which the objects at a place can be asked for as entities. */
  entries(place: Place): readonly Home[] {
    const { abstract, interfaces } = this.#access.type(place.type);
    const own = abstract ? [] : this.#homes(place.type, false);
    const names = abstract ? this.covering(place) : [...interfaces];
    return [...own, ...names.flatMap((name) => this.#homes(name, !abstract))];
  }

  #homes(type: string, asInterfaceObject: boolean): Home[] {
    return [...this.#access.type(type).graphs].flatMap(([graph, { keys, isInterfaceObject }]) =>
      keys.length > 0 && (isInterfaceObject || !asInterfaceObject) ? [home(graph, type)] : [],
    );
  }

  /** Object types that are met at a place. */
  possible(place: Place, ways: Ways): ReadonlySet<string> {
    const { possible } = this.#access.type(place.type);
    if (place.possible !== undefined || !this.#access.type(place.type).abstract) return place.possible ?? possible;
    const [first] = [...ways.values()].sort((one, other) => one.cost - other.cost);
    if (first === undefined) return possible;
    return intersection(this.#access.possible(first.home), possible);
  }

  /** Interfaces that all objects at a place implement, that of its own type first. */
  covering(place: Place): readonly string[] {
    const possible = [...(place.possible ?? this.#access.type(place.type).possible)];
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
    const list =
      field.type.kind === Kind.LIST_TYPE ||
      (field.type.kind === Kind.NON_NULL_TYPE && field.type.type.kind === Kind.LIST_TYPE);
    return place.child(node, namedType(field.type), list);
  }

  #selections(place: Place, nodes: readonly SelectionNode[], ways: Ways, depth: number): number {
    let cost = 0;
    for (const node of nodes) {
      if (node.kind === Kind.FIELD) cost = Math.max(cost, this.field(place, node, ways, depth));
      if (node.kind !== Kind.INLINE_FRAGMENT) continue;
      const { selections } = node.selectionSet;
      const possible = this.possible(place, ways);
      const met = this.met(possible, node.typeCondition?.name.value);
      if (met.size === possible.size) cost = Math.max(cost, this.#selections(place, selections, ways, depth));
      else
        for (const object of met) {
          const narrow = place.narrow(object);
          cost = Math.max(cost, this.#selections(narrow, selections, this.#narrowed(narrow, ways, depth), depth));
        }
    }
    return cost;
  }

  #narrowed(narrow: Place, ways: Ways, depth: number): Ways {
    return this.#closure(narrow, this.#above(narrow, ways), depth);
  }

  /** Those of some object types that a type condition lets in. */
  met(possible: ReadonlySet<string>, condition: string | undefined): ReadonlySet<string> {
    if (condition === undefined) return possible;
    return intersection(possible, this.#access.type(condition).possible);
  }

  /** What it costs to have a field with all that is selected below it. */
  field(place: Place, node: FieldNode, ways: Ways, depth = 0): number {
    if (depth > DEEPEST) return Number.POSITIVE_INFINITY;
    if (node.name.value === '__typename') return this.#typename(place, ways);
    const direct = this.#direct(place, node, ways, depth);
    if (direct <= 1) return direct;
    let best = direct;
    for (const at of this.entries(place)) best = Math.min(best, this.required(place, node, at, ways, depth));
    if (this.#access.type(place.type).abstract) best = Math.min(best, this.expanded(place, node, ways, depth));
    return best;
  }

  #direct(place: Place, node: FieldNode, ways: Ways, depth: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (const { home: at, cost } of ways.values())
      if (cost < best && this.#access.read(at, node.name.value) !== undefined) best = cost;
    if (node.selectionSet === undefined || best === Number.POSITIVE_INFINITY) return best;
    const below = this.below(place, node);
    if (below === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(best, this.#deep(below, node.selectionSet.selections, this.#above(below, ways), depth));
  }

  #deep(place: Place, selections: readonly SelectionNode[], ways: Ways, depth: number): number {
    const cost = this.#selections(place, selections, ways, depth);
    if (cost < Number.POSITIVE_INFINITY) return cost;
    return this.#selections(place, selections, this.#closure(place, ways, depth), depth);
  }

  /** Is there a way to all that is selected below a field that can be read at a place? */
  leads(place: Place, node: FieldNode): boolean {
    return this.#direct(place, node, this.ways(place), 0) < Number.POSITIVE_INFINITY;
  }

  /** What it costs to have everything of a selection. */
  all(place: Place, selections: readonly SelectionNode[], ways: Ways): number {
    return this.#selections(place, selections, ways, 1);
  }

  /** What it costs to have a field of a home that requires others. */
  required(place: Place, node: FieldNode, at: Home, ways: Ways, depth = 0): number {
    const requires = this.#access.field(at, node.name.value)?.requires;
    if (requires === undefined) return Number.POSITIVE_INFINITY;
    const keys = this.keys(at).map((key) => this.#selections(place, key, ways, depth + 1));
    const fields = this.#selections(place, this.#fieldSets.of(at.type, requires), ways, depth + 1);
    return 1 + Math.max(Math.min(Number.POSITIVE_INFINITY, ...keys), fields);
  }

  /** What it costs to have a field of each object type in that type's own way. */
  expanded(place: Place, node: FieldNode, ways: Ways, depth = 0): number {
    let cost = 0;
    for (const object of this.possible(place, ways)) {
      const narrow = place.narrow(object);
      cost = Math.max(cost, this.field(narrow, node, this.#narrowed(narrow, ways, depth), depth));
      if (cost === Number.POSITIVE_INFINITY) return cost;
    }
    return cost;
  }

  #typename(place: Place, ways: Ways): number {
    if (!this.#access.type(place.type).abstract) return 0;
    const typed = [...ways.values()].filter(({ home: at }) => !this.#access.isInterfaceObject(at));
    return Math.min(Number.POSITIVE_INFINITY, ...typed.map(({ cost }) => cost));
  }
}

const intersection = (one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...one].filter((name) => other.has(name)));
