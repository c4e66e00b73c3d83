import { Kind, print, type SelectionNode } from 'graphql';
import { singleKey } from '../entities.ts';
import type { EntityPart, Required, Rewrite, Step } from '../plan.ts';
import type { Access, Home } from './access.ts';
import type { TypeIn } from './model.ts';
import { type Fetch, keyOf, type Place, type Selection } from './place.ts';
import type { Writer, Written } from './write.ts';

/** What entities of one home are asked for, at one place, for objects of some types. */
interface Ask {
  readonly path: readonly Step[];
  readonly home: string;
  /** Are they called by the home's name, whatever they are called in the response? */
  readonly renamed: boolean;
  readonly types: ReadonlySet<string>;
  readonly needs: readonly Required[];
  readonly selection: Selection;
}

/** Parts of one entity fetch; those that differ in paths alone are one. */
export interface Part {
  readonly part: Omit<EntityPart, 'alias' | 'variable'>;
  readonly selections: readonly SelectionNode[];
}

/** The parts of the request that asks one subgraph for the entities of several fetches. */
export const partsOf = (access: Access, fetches: readonly Fetch[], writer: () => Writer): readonly Part[] => {
  const parts = new Map<string, Part>();
  for (const asks of byPlace(asksOf(access, fetches))) {
    const made = partOf(asks, writer().fragments(asks.map(({ home, selection }) => ({ type: home, selection }))));
    const { paths, brings, ...rest } = made.part;
    const name = JSON.stringify([rest, made.selections.map(print)]);
    const known = parts.get(name);
    parts.set(
      name,
      known === undefined ? made : { ...known, part: { ...known.part, paths: [...known.part.paths, ...paths] } },
    );
  }
  return [...parts.values()];
};

const nameOf = (path: readonly Step[]): string =>
  JSON.stringify(path.map((step) => (step === 'items' || 'field' in step ? step : [...step.types])));

/** Fetches of one place and home, joined. */
interface Joined {
  readonly fetch: Fetch;
  readonly selection: Selection;
  readonly needs: SelectionNode[];
}

/** Fetches of one place and home made one, unless they need one field with different arguments. */
const joinedOf = (fetches: readonly Fetch[]): readonly Joined[] => {
  const known = new Map<string, Joined[]>();
  for (const fetch of fetches) {
    if (fetch.selection.isEmpty) continue;
    const name = `${nameOf(fetch.place.path)} ${fetch.place.type} ${fetch.home.id}`;
    const equals = known.get(name) ?? [];
    known.set(name, equals);
    const needs = fetch.needs ?? [];
    const joined = equals.find((one) => agree([...one.needs, ...needs]));
    if (joined === undefined) equals.push({ fetch, selection: fetch.selection, needs: [...needs] });
    else {
      joined.selection.add(fetch.selection);
      joined.needs.push(...needs);
    }
  }
  return [...known.values()].flat();
};

/** Has each field one key alone? A representation can hold it only once. */
const agree = (nodes: readonly SelectionNode[]): boolean => {
  const keys = new Map<string, string>();
  const below = new Map<string, SelectionNode[]>();
  for (const node of nodes) {
    const inner = node.kind === Kind.FRAGMENT_SPREAD ? undefined : node.selectionSet?.selections;
    const name = node.kind === Kind.FIELD ? node.name.value : '...';
    const key = node.kind === Kind.FIELD ? keyOf(node) : name;
    if ((keys.get(name) ?? key) !== key) return false;
    keys.set(name, key);
    if (inner !== undefined) below.set(name, [...(below.get(name) ?? []), ...inner]);
  }
  return [...below.values()].every(agree);
};

/** What is asked for; what differs in the objects' types alone is one. */
const asksOf = (access: Access, fetches: readonly Fetch[]): readonly Ask[] => {
  const asks = new Map<string, Ask>();
  for (const { fetch, selection, needs } of joinedOf(fetches)) {
    const { place, home } = fetch;
    const ask: Ask = {
      path: place.base.path,
      home: home.type,
      renamed: isRenamed(access, place, home),
      types: new Set(namesOf(access, place, home)),
      needs: required(access, needs),
      selection,
    };
    const { path, types, selection: _, ...rest } = ask;
    const name = access.type(home.type).abstract
      ? `${nameOf(path)} ${home.id} ${JSON.stringify([rest, describe(selection)])}`
      : `${asks.size}`;
    const equal = asks.get(name);
    asks.set(name, equal === undefined ? ask : { ...ask, types: new Set([...equal.types, ...types]) });
  }
  return [...asks.values()];
};

/** Must entities be called by the interface's name? Only where the subgraph has no key of each of the object types. */
const isRenamed = (access: Access, place: Place, home: Home): boolean => {
  const at = access.in(home);
  if (!access.type(home.type).abstract) return false;
  const keys = (type: string, resolvable: TypeIn | undefined): readonly string[] =>
    (resolvable ?? access.type(type).graphs.get(home.graph))?.keys.map((key) => key.map(print).join(' ')) ?? [];
  const wanted = keys(home.type, at);
  const possible = place.possible ?? access.type(place.type).possible;
  return (
    at === undefined ||
    ![...possible].every((object) => {
      const own = at.possible.has(object) ? keys(object, undefined) : [];
      return wanted.every((key) => own.includes(key));
    })
  );
};

const describe = (selection: Selection): unknown => [
  selection.typename,
  [...selection.fields].map(([key, { node, below }]) => [key, print(node), describe(below)]),
  [...selection.on].map(([type, inner]) => [type, describe(inner)]),
];

/** Object types of one place can be asked for together: each has a fragment of its own. */
const byPlace = (asks: readonly Ask[]): readonly (readonly Ask[])[] => {
  const groups: Ask[][] = [];
  const open = new Map<string, Ask[][]>();
  for (const ask of asks) {
    const isOwn = ask.types.size === 1 && ask.types.has(ask.home);
    const path = nameOf(ask.path);
    const here = isOwn ? (open.get(path) ?? []) : [];
    const group = here.find((one) => one.every(({ home }) => home !== ask.home));
    if (group !== undefined) group.push(ask);
    else {
      const made = [ask];
      groups.push(made);
      if (isOwn) open.set(path, [...here, made]);
    }
  }
  return groups;
};

/** Names that the objects at a place may have in the response so far. */
const namesOf = (access: Access, place: Place, home: Home): readonly string[] => {
  const type = access.type(place.type);
  if (!type.abstract) return [place.type];
  const possible = [...(place.possible ?? type.possible)];
  if (access.in(home)?.keys.length === 0) return possible;
  return [
    ...possible,
    ...[...place.visits.values()].flatMap(({ home: at }) => (access.isInterfaceObject(at) ? [at.type] : [])),
  ];
};

const partOf = (asks: readonly Ask[], { selections, rewrites, keys }: Written): Part => {
  const [first] = asks;
  const requires = asks.flatMap(({ types, needs }) =>
    [...types].map((type): Required => ({ kind: 'types', type, selections: [typename, ...needs] })),
  );
  const inputRewrites: readonly Rewrite[] =
    first?.renamed === true ? [{ kind: 'set', path: [{ key: '__typename' }], value: first.home }] : [];
  return {
    part: {
      paths: first === undefined ? [] : [first.path],
      requires,
      singleKey: singleKey(requires),
      inputRewrites,
      outputRewrites: rewrites,
      brings: keys,
    },
    selections,
  };
};

const typename: Required = { kind: 'field', name: '__typename', key: '__typename', selections: undefined };

/** What representations hold, each key once. */
const required = (access: Access, nodes: readonly SelectionNode[]): readonly Required[] => {
  const fields = new Map<string, { readonly name: string; readonly key: string; below: SelectionNode[] | undefined }>();
  const types = new Map<string, SelectionNode[]>();
  for (const node of nodes) {
    if (node.kind === Kind.FIELD) {
      const key = keyOf(node);
      const known = fields.get(key) ?? { name: node.name.value, key, below: node.selectionSet && [] };
      known.below?.push(...(node.selectionSet?.selections ?? []));
      fields.set(key, known);
    }
    if (node.kind !== Kind.INLINE_FRAGMENT) continue;
    const condition = node.typeCondition?.name.value;
    const objects = condition === undefined ? [''] : [...access.type(condition).possible];
    for (const object of objects) types.set(object, [...(types.get(object) ?? []), ...node.selectionSet.selections]);
  }
  const always = types.get('');
  if (always !== undefined) return required(access, [...nodes.filter(({ kind }) => kind === Kind.FIELD), ...always]);
  return [
    ...[...fields.values()].map(
      ({ name, key, below }): Required => ({
        kind: 'field',
        name,
        key,
        selections: below === undefined ? undefined : required(access, below),
      }),
    ),
    ...[...types].map(([type, below]): Required => ({ kind: 'types', type, selections: required(access, below) })),
  ];
};
