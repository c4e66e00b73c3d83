import { type FieldNode, Kind, OperationTypeNode, type SelectionNode } from 'graphql';
import { type Access, type Home, home } from './access.ts';
import type { Entries, Entry } from './entries.ts';
import type { FieldSets } from './field-sets.ts';
import type { Place } from './place.ts';
import type { Way, Ways } from './way.ts';

/** Keys may lie in objects that have to be looked up by keys themselves: real ones are two or three deep. */
const DEEPEST = 6;

/**
 * Fields looked at, in one operation, to see whether there is a way to all of an object: types that differ at every
 * level multiply. There nearly always is.
 */
const MOST_COMPARED = 20_000;

/** What it costs to select a field that a fetch above would not select otherwise: it only decides between equals. */
const STEP = 0.01;

/** What a fetch that is made anyway costs for each one that has to come before it: an early one is the better source. */
const STAGE = 0.02;
const LATEST = 0.9;

/** Finds ways over the keys of a supergraph, breadth first: a way never leads over a home that costs as much as its own. */
export class Search {
  readonly #access: Access;
  readonly #fieldSets: FieldSets;
  readonly #entries: Entries;
  readonly #roots: ReadonlySet<string> | undefined;
  /** Homes that are being entered, by place: nothing that this takes may lead over them. */
  readonly #entering = new Map<Place, Set<string>>();
  readonly #known = new Map<Place, { readonly changes: number; readonly ways: Ways }>();
  #left = MOST_COMPARED;
  #comparing = false;

  /** With `roots`, the operation's root can be asked in these subgraphs alone. */
  constructor(access: Access, fieldSets: FieldSets, entries: Entries, roots: ReadonlySet<string> | undefined) {
    this.#access = access;
    this.#fieldSets = fieldSets;
    this.#entries = entries;
    this.#roots = roots;
  }

  /** Does something while no way leads over a home. */
  entering<T>(place: Place, { id }: Home, run: () => T): T {
    const ids = this.#entering.get(place) ?? new Set();
    this.#entering.set(place, ids);
    const outer = ids.has(id);
    ids.add(id);
    place.changes += 1;
    const result = run();
    if (!outer) ids.delete(id);
    place.changes += 1;
    return result;
  }

  /** All ways to a place. */
  ways(place: Place): Ways {
    let changes = 0;
    for (let at: Place | undefined = place; at !== undefined; at = at.parent?.place) changes += at.changes;
    const known = this.#known.get(place);
    if (known?.changes === changes) return known.ways;
    const made =
      place.parent === undefined
        ? this.#rootWays(place)
        : this.#closure(place, this.#above(place, this.ways(place.parent.place)), 0);
    this.#known.set(place, { changes, ways: made });
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
    const entries = this.#entries.of(place).filter((entry) => this.#entering.get(place)?.has(entry.home.id) !== true);
    for (let changed = true; changed; ) {
      changed = false;
      for (const { home: at, keys, typed } of entries) {
        if ((ways.get(at.id)?.cost ?? Number.POSITIVE_INFINITY) <= 1) continue;
        const told = typed ? this.#typename(place, ways) : 0;
        for (const key of keys) {
          const cost = 1 + Math.max(told, this.#selections(place, key, ways, depth + 1));
          if (cost === Number.POSITIVE_INFINITY) continue;
          changed = this.#improve(ways, { home: at, cost, from: { kind: 'key', key } }) || changed;
        }
      }
    }
    return ways;
  }

  /** Object types that are met at a place. */
  possible(place: Place, ways: Ways): ReadonlySet<string> {
    const { possible } = this.#access.type(place.type);
    if (place.possible !== undefined || !this.#access.type(place.type).abstract) return place.possible ?? possible;
    const [first] = [...ways.values()].sort((one, other) => one.cost - other.cost);
    if (first === undefined) return possible;
    return intersection(this.#access.possible(first.home), possible);
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
    if (this.#comparing) this.#left -= 1;
    if (this.#comparing && this.#left < 0) return 0;
    if (node.name.value === '__typename') return this.#typename(place, ways);
    const direct = this.#direct(place, node, ways, depth);
    // of an object any way will do: comparing them all, level by level, would take too long
    if (direct <= 1 || (node.selectionSet !== undefined && direct < Number.POSITIVE_INFINITY)) return direct;
    let best = direct;
    for (const entry of this.#entries.of(place)) best = Math.min(best, this.required(place, node, entry, ways, depth));
    if (this.#access.type(place.type).abstract) best = Math.min(best, this.expanded(place, node, ways, depth));
    return best;
  }

  #direct(place: Place, node: FieldNode, ways: Ways, depth: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (const { home: at, cost } of ways.values())
      if (cost < best && this.#access.read(at, node.name.value) !== undefined) best = cost;
    if (node.selectionSet === undefined || best === Number.POSITIVE_INFINITY) return best;
    const below = this.#entries.below(place, node);
    if (below === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(best, this.#deep(below, node.selectionSet.selections, this.#above(below, ways), depth));
  }

  #deep(place: Place, selections: readonly SelectionNode[], ways: Ways, depth: number): number {
    const homes = [...ways.values()];
    const near = selections.every(
      (node) =>
        node.kind === Kind.FIELD &&
        node.selectionSet === undefined &&
        homes.some(({ home: at }) => this.#access.read(at, node.name.value) !== undefined),
    );
    return this.#selections(place, selections, near ? ways : this.#closure(place, ways, depth), depth);
  }

  /** Is there a way to all that is selected below a field that can be read at a place? Where it takes long to say, yes. */
  leads(place: Place, node: FieldNode): boolean {
    if (this.#left < 0) return true;
    this.#comparing = true;
    const leads = this.#direct(place, node, this.ways(place), 0) < Number.POSITIVE_INFINITY;
    this.#comparing = false;
    return leads;
  }

  /** What it costs to have everything of a selection. */
  all(place: Place, selections: readonly SelectionNode[], ways: Ways): number {
    return this.#selections(place, selections, ways, 1);
  }

  /** What it costs to have a field of a home that requires others. */
  required(place: Place, node: FieldNode, { home: at, keys }: Entry, ways: Ways, depth = 0): number {
    const requires = this.#access.field(at, node.name.value)?.requires;
    if (requires === undefined) return Number.POSITIVE_INFINITY;
    const costs = keys.map((key) => this.#selections(place, key, ways, depth + 1));
    const fields = this.#selections(place, this.#fieldSets.of(at.type, requires), ways, depth + 1);
    return 1 + Math.max(Math.min(Number.POSITIVE_INFINITY, ...costs), fields);
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
