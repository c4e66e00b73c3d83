import { type FieldNode, GraphQLError, Kind, type SelectionNode } from 'graphql';
import type { Access, Home } from './access.ts';
import type { Entries, Entry } from './entries.ts';
import type { FieldSets } from './field-sets.ts';
import { type Fetch, leaf, Place, Selection, type Visit } from './place.ts';
import type { Way } from './way.ts';
import type { Search } from './ways.ts';

/** Operations that come to more once their fields are written out by types are refused: they would take seconds. */
const MOST_SELECTED = 40_000;

/** How a field is had at a place. */
type Option = { readonly cost: number; readonly missing: number } & (
  | { readonly kind: 'direct'; readonly way: Way }
  | { readonly kind: 'required'; readonly entry: Entry }
  | { readonly kind: 'expanded' }
);

/**
 * Collects the fetches of one operation. Every function that selects something answers with the fetches that bring it,
 * so that what needs it can come after them.
 */
export class Gatherer {
  readonly fetches: Fetch[] = [];
  #selected = 0;
  readonly #access: Access;
  readonly #fieldSets: FieldSets;
  readonly #entries: Entries;
  readonly #search: Search;

  constructor(access: Access, fieldSets: FieldSets, entries: Entries, search: Search) {
    this.#access = access;
    this.#fieldSets = fieldSets;
    this.#entries = entries;
    this.#search = search;
  }

  /**
   * Selects from the root of an operation.
   * @throws Error when something cannot be reached.
   */
  run(root: string, selections: readonly SelectionNode[]): readonly Fetch[] {
    const place = new Place(root);
    const asked = selections.filter((node) => node.kind !== Kind.FIELD || node.name.value !== '__typename');
    this.#select(place, asked);
    return this.fetches;
  }

  #select(place: Place, selections: readonly SelectionNode[]): Set<Fetch> {
    const brought = new Set<Fetch>();
    const add = (fetches: Iterable<Fetch>): void => {
      for (const fetch of fetches) brought.add(fetch);
    };
    for (const node of this.#ordered(place, selections)) {
      if (node.kind === Kind.FIELD) add(this.#field(place, node));
      if (node.kind !== Kind.INLINE_FRAGMENT) continue;
      const { selections: inner } = node.selectionSet;
      const possible = this.#possible(place);
      const met = this.#search.met(possible, node.typeCondition?.name.value);
      if (met.size === possible.size) add(this.#select(place, inner));
      else for (const object of met) add(this.#select(place.narrow(object), inner));
    }
    return brought;
  }

  /** Fields that few subgraphs have come first: the others may then be had where these had to be asked for anyway. */
  #ordered(place: Place, selections: readonly SelectionNode[]): readonly SelectionNode[] {
    const owners = (node: SelectionNode): number =>
      node.kind === Kind.FIELD
        ? (this.#entries.definition(place, node.name.value)?.graphs.size ?? 0)
        : Number.POSITIVE_INFINITY;
    const counted = selections.map((node) => ({ node, count: owners(node) }));
    return counted.sort((one, other) => one.count - other.count || 0).map(({ node }) => node);
  }

  #possible(place: Place): ReadonlySet<string> {
    return place.possible ?? this.#access.type(place.type).possible;
  }

  #field(place: Place, node: FieldNode): Set<Fetch> {
    this.#selected += 1;
    if (this.#selected > MOST_SELECTED)
      throw new GraphQLError('The operation is too large.', { extensions: { code: 'OPERATION_TOO_LARGE' } });
    if (node.name.value === '__typename') return this.#typename(place);
    const option = this.#choose(place, node);
    if (option.kind === 'direct') return this.#take(place, this.#visit(place, option.way), node);
    if (option.kind === 'required') return this.#take(place, this.#visitWith(place, option.entry, node), node);
    const brought = new Set<Fetch>();
    for (const object of this.#possible(place))
      for (const fetch of this.#field(place.narrow(object), node)) brought.add(fetch);
    return brought;
  }

  /** The way to a field that takes the fewest requests after one another. */
  #choose(place: Place, node: FieldNode): Option {
    const visited = this.#visited(place, node);
    if (visited !== undefined) return visited;
    const ways = this.#search.ways(place);
    const options: Option[] = [];
    const unknown = node.selectionSet === undefined ? 0 : Number.POSITIVE_INFINITY;
    for (const way of ways.values()) {
      const missing = this.#missing(way.home, node);
      if (missing !== undefined) options.push({ kind: 'direct', way, cost: way.cost, missing });
    }
    for (const entry of this.#entries.of(place)) {
      const cost = this.#search.required(place, leaf(node), entry, ways);
      if (cost < Number.POSITIVE_INFINITY) options.push({ kind: 'required', entry, cost, missing: unknown });
    }
    if (this.#access.type(place.type).abstract) {
      const cost = this.#search.expanded(place, leaf(node), ways);
      if (cost < Number.POSITIVE_INFINITY) options.push({ kind: 'expanded', cost, missing: unknown });
    }
    const whole = ({ cost, missing }: Option): number => cost + (missing > 0 ? 1 : 0);
    options.sort((one, other) => whole(one) - whole(other) || one.missing - other.missing);
    const chosen = options.find((option) => this.#leadsOn(place, node, option));
    if (chosen === undefined) throw new Error(`No way leads to ${place.type}.${node.name.value}.`);
    return chosen;
  }

  /** What has been asked at a place and has all of a field. */
  #visited(place: Place, node: FieldNode): Option | undefined {
    const common = node.selectionSet === undefined || this.#entries.below(place, node) !== undefined;
    for (const { home } of place.visits.values())
      if (common && this.#missing(home, node) === 0)
        return { kind: 'direct', way: { home, cost: 0, from: { kind: 'visit' } }, cost: 0, missing: 0 };
    if (!this.#access.type(place.type).abstract) return undefined;
    for (const object of this.#possible(place)) {
      const above = [...place.visits.values()].flatMap(({ home }) => this.#access.narrow(home, object) ?? []);
      const homes = [...place.narrow(object).visits.values()].map(({ home }) => home);
      if (![...above, ...homes].some((home) => this.#missing(home, node) === 0)) return undefined;
    }
    return { kind: 'expanded', cost: 0, missing: 0 };
  }

  /** How much of a field a home cannot answer itself; `undefined` when it has no such field. */
  #missing(home: Home, node: FieldNode): number | undefined {
    const next = this.#access.read(home, node.name.value);
    if (next === undefined) return undefined;
    return node.selectionSet === undefined ? 0 : this.#access.missing(next, node.selectionSet.selections);
  }

  /** Below the field of an interface there may be no way to what there is one to below the object types' own fields. */
  #leadsOn(place: Place, node: FieldNode, { kind, missing }: Option): boolean {
    if (kind !== 'direct' || node.selectionSet === undefined || !this.#access.type(place.type).abstract) return true;
    if (this.#entries.below(place, node) === undefined) return false;
    return missing === 0 || this.#search.leads(place, node);
  }

  /** Selects a field where it can be read. */
  #take(place: Place, visit: Visit, node: FieldNode): Set<Fetch> {
    const selection = visit.selection.field(node);
    const brought = new Set([visit.fetch]);
    const below = this.#entries.below(place, node);
    const home = this.#access.read(visit.home, node.name.value) ?? this.#access.open(visit.home, node.name.value);
    if (below === undefined || home === undefined || node.selectionSet === undefined) return brought;
    this.#register(below, { home, fetch: visit.fetch, selection });
    for (const fetch of this.#select(below, node.selectionSet.selections)) brought.add(fetch);
    return brought;
  }

  #register(place: Place, visit: Visit): Visit {
    const known = place.visits.get(visit.home.id);
    if (known !== undefined) return known;
    if (place.visits.size === 0) {
      const possible = this.#access.possible(visit.home);
      const all = this.#access.type(place.type).possible;
      place.possible = new Set([...possible].filter((name) => all.has(name)));
    }
    place.visits.set(visit.home.id, visit);
    place.changes += 1;
    return visit;
  }

  /** Goes a way to its end. */
  #visit(place: Place, { home, from }: Way): Visit {
    const known = place.visits.get(home.id);
    if (known !== undefined) return known;
    if (from.kind === 'key') return this.#register(place, this.#enter(place, home, from.key, []));
    if (from.kind === 'above' && place.parent !== undefined) {
      const { place: above, via } = place.parent;
      const visit = this.#visit(above, from.way);
      if ('field' in via) return this.#register(place, { ...visit, home, selection: visit.selection.field(via.field) });
      const same = visit.home.type === via.object;
      return this.#register(place, {
        ...visit,
        home,
        selection: same ? visit.selection : visit.selection.type(via.object),
      });
    }
    const after = this.#told(place, new Set(place.parent === undefined ? [] : this.#name(place)));
    return this.#register(place, this.#fetch({ home, place, needs: undefined, after }));
  }

  /** Enters a home with what a field of it requires. */
  #visitWith(place: Place, { home, keys }: Entry, node: FieldNode): Visit {
    const requires = this.#fieldSets.of(home.type, this.#access.field(home, node.name.value)?.requires ?? []);
    const ways = this.#search.ways(place);
    const costs = keys.map((key) => ({ key, cost: this.#search.all(place, key, ways) }));
    costs.sort((one, other) => one.cost - other.cost);
    return this.#enter(place, home, costs[0]?.key ?? [], requires);
  }

  /** Asks for the objects at a place as entities, after all that this needs. */
  #enter(place: Place, home: Home, key: readonly SelectionNode[], requires: readonly SelectionNode[]): Visit {
    const needs = [...key, ...requires];
    const gather = (): Set<Fetch> => this.#select(place, needs);
    const after = requires.length > 0 ? gather() : this.#search.entering(place, home, gather);
    const typed = this.#entries.of(place).some((entry) => entry.home.id === home.id && entry.typed);
    for (const fetch of typed ? this.#typename(place) : this.#name(place)) after.add(fetch);
    return this.#fetch({ home, place, needs, after: this.#told(place, after) });
  }

  #fetch(about: Omit<Fetch, 'selection' | 'stage'>): Visit {
    const stage = 1 + Math.max(-1, ...[...about.after].map((fetch) => fetch.stage));
    const fetch: Fetch = { ...about, stage, selection: new Selection() };
    this.fetches.push(fetch);
    return { home: fetch.home, fetch, selection: fetch.selection };
  }

  /** What tells the types of objects wherever a path leads on for some types alone. */
  #told(place: Place, after: Set<Fetch>): Set<Fetch> {
    for (let at = place; at.parent !== undefined; at = at.parent.place)
      if ('object' in at.parent.via) for (const fetch of this.#typename(at.parent.place)) after.add(fetch);
    return after;
  }

  /** Makes objects say what they are called in any subgraph, for representations. */
  #name(place: Place): Iterable<Fetch> {
    if (place.base !== place) return this.#typename(place.base);
    const visits = [...place.visits.values()];
    const visit = visits.find(({ home }) => !this.#access.isInterfaceObject(home)) ?? visits[0];
    if (visit === undefined) return [];
    visit.selection.typename = true;
    return [visit.fetch];
  }

  /** Makes objects say of which object type they are. */
  #typename(place: Place): Set<Fetch> {
    if (place.base !== place) return this.#typename(place.base);
    const isTyped = (home: Home): boolean => !this.#access.isInterfaceObject(home);
    const visits = [...place.visits.values()];
    const known = visits.find(({ home }) => isTyped(home));
    const ways = known === undefined ? [...this.#search.ways(place).values()].filter(({ home }) => isTyped(home)) : [];
    const [way] = ways.sort((one, other) => one.cost - other.cost);
    const visit = known ?? (way === undefined ? visits[0] : this.#visit(place, way));
    if (visit === undefined) throw new Error(`Nothing tells what a ${place.type} is.`);
    visit.selection.typename = true;
    return new Set([visit.fetch]);
  }
}
