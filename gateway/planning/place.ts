import type { FieldNode, SelectionNode } from 'graphql';
import type { Step } from '../plan.ts';
import type { Home } from './access.ts';

/** What is selected of an object in one fetch; it grows while the plan is made. */
export class Selection {
  typename = false;
  readonly fields = new Map<string, { readonly node: FieldNode; readonly below: Selection }>();
  readonly on = new Map<string, Selection>();

  /** The selection below a field, which is selected by that. */
  field(node: FieldNode): Selection {
    const key = keyOf(node);
    const known = this.fields.get(key);
    if (known !== undefined) return known.below;
    const below = new Selection();
    this.fields.set(key, { node: { ...node, selectionSet: undefined }, below });
    return below;
  }

  /** The selection for objects of one type. */
  type(name: string): Selection {
    const known = this.on.get(name) ?? new Selection();
    this.on.set(name, known);
    return known;
  }

  /** Takes over all that another one selects. */
  add(other: Selection): void {
    this.typename ||= other.typename;
    for (const { node, below } of other.fields.values()) this.field(node).add(below);
    for (const [name, selection] of other.on) this.type(name).add(selection);
  }

  get isEmpty(): boolean {
    return !this.typename && this.fields.size === 0 && [...this.on.values()].every(({ isEmpty }) => isEmpty);
  }
}

export const keyOf = (node: FieldNode): string => node.alias?.value ?? node.name.value;

/** A request to a subgraph for what is at one place: of the root, or of entities. */
export interface Fetch {
  readonly home: Home;
  readonly place: Place;
  readonly selection: Selection;
  /** What the representations consist of besides `__typename`; absent where a root is asked. */
  readonly needs: readonly SelectionNode[] | undefined;
  /** Fetches that must have been answered before. */
  readonly after: ReadonlySet<Fetch>;
  /** How many requests come before it, one after another. */
  readonly stage: number;
}

/** A fetch at a place. */
export interface Visit {
  readonly home: Home;
  readonly fetch: Fetch;
  readonly selection: Selection;
}

type Via = { readonly field: FieldNode; readonly list: boolean } | { readonly object: string };

/** A place of the response: the objects along one path, of one type. */
export class Place {
  /** The static type; an object type when narrowed to it. */
  readonly type: string;
  readonly parent: { readonly place: Place; readonly via: Via } | undefined;
  readonly path: readonly Step[];
  /** Object types that can be met here, once that is known. */
  possible: ReadonlySet<string> | undefined;
  /** What has been asked so far, by home, the first one first. */
  readonly visits = new Map<string, Visit>();
  /** How often it has been visited anew: what was known of ways to it, or to places below it, is then out of date. */
  changes = 0;
  readonly #children = new Map<string, Place>();

  constructor(type: string, parent?: Place['parent']) {
    this.type = type;
    this.parent = parent;
    this.path = parent === undefined ? [] : [...parent.place.path, ...steps(parent.via)];
  }

  /** The place below a field. */
  child(node: FieldNode, type: string, list: boolean): Place {
    return this.#place(`.${keyOf(node)} ${type}`, type, { field: { ...node, selectionSet: undefined }, list });
  }

  /** The objects of one type among those here. */
  narrow(object: string): Place {
    if (this.type === object) return this;
    return this.#place(`on ${object}`, object, { object });
  }

  #place(name: string, type: string, via: Via): Place {
    const known = this.#children.get(name) ?? new Place(type, { place: this, via });
    this.#children.set(name, known);
    return known;
  }

  /** The place that it was narrowed from; itself when it was not. */
  get base(): Place {
    return this.parent !== undefined && 'object' in this.parent.via ? this.parent.place : this;
  }
}

const steps = (via: Via): readonly Step[] => {
  if ('object' in via) return [{ types: new Set([via.object]) }];
  const step: Step = { field: keyOf(via.field) };
  return via.list ? [step, 'items'] : [step];
};

/** A field without what is selected below it. */
export const leaf = (node: FieldNode): FieldNode =>
  node.selectionSet === undefined ? node : { ...node, selectionSet: undefined };
