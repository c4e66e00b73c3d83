import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { onType } from '../normalize.ts';
import type { Operation, Rewrite } from '../plan.ts';
import { type Access, namedType } from './access.ts';
import { TYPENAME } from './field-sets.ts';
import { Selection } from './place.ts';

const name = (value: string): NameNode => ({ kind: Kind.NAME, value });
const set = (selections: readonly SelectionNode[]): SelectionSetNode => ({ kind: Kind.SELECTION_SET, selections });

/** A selection as a subgraph gets it. */
export interface Written {
  readonly selections: readonly SelectionNode[];
  /** Give fields back the keys that they could not have here; the deepest first. */
  readonly rewrites: readonly Rewrite[];
  /** Response keys that it brings at its top. */
  readonly keys: ReadonlySet<string>;
}

/** The fields of one response path, by key: those of one key must look alike, whatever objects they are of. */
type Scope = Map<string, { readonly shape: string; readonly alias: string; readonly below: Scope }[]>;

/**
 * Writes selections of objects of several types at one place. Where a subgraph's types give two fields of one key
 * different types, GraphQL forbids the selection: the later one gets a key of ours and a rewrite.
 */
export class Writer {
  readonly #access: Access;
  readonly #graph: string;
  readonly #rewrites: Rewrite[] = [];

  constructor(access: Access, graph: string) {
    this.#access = access;
    this.#graph = graph;
  }

  /** Each selection in a fragment on its type. */
  fragments(parts: readonly { readonly type: string; readonly selection: Selection }[]): Written {
    const scope: Scope = new Map();
    const selections = parts.map(({ type, selection }) =>
      onType(type, this.#selections(type, selection, scope, [], [])),
    );
    return this.#written(selections, scope);
  }

  /** The selection of a root. */
  root(type: string, selection: Selection): Written {
    const scope: Scope = new Map();
    return this.#written(this.#selections(type, selection, scope, [], []), scope);
  }

  #written(selections: readonly SelectionNode[], scope: Scope): Written {
    return { selections, rewrites: this.#rewrites, keys: new Set(scope.keys()) };
  }

  /** `around` is what is selected of the same objects whatever their type. */
  #selections(
    type: string,
    selection: Selection,
    scope: Scope,
    path: readonly string[],
    around: readonly Selection[],
  ): readonly SelectionNode[] {
    const made: SelectionNode[] = selection.typename ? [TYPENAME] : [];
    for (const [key, { node, below }] of selection.fields)
      made.push(this.#field(type, key, node, below, scope, path, around));
    for (const [object, inner] of selection.on)
      if (!inner.isEmpty)
        made.push(onType(object, this.#selections(object, inner, scope, path, [...around, selection])));
    return made.length === 0 ? [TYPENAME] : made;
  }

  #field(
    type: string,
    key: string,
    node: FieldNode,
    below: Selection,
    scope: Scope,
    path: readonly string[],
    around: readonly Selection[],
  ): FieldNode {
    const field = this.#access.field({ graph: this.#graph, type }, node.name.value)?.type;
    const inner = field === undefined ? type : namedType(field);
    const composite = this.#access.isComposite(inner);
    const entry = variant(scope, key, field === undefined ? '' : shapeOf(field, composite));
    const renamed = entry.alias !== key;
    const all = renamed && composite ? joined(below, key, around) : below;
    const at = [...path, entry.alias];
    const keyed =
      entry.alias === node.name.value ? { ...node, alias: undefined } : { ...node, alias: name(entry.alias) };
    const made = composite ? { ...keyed, selectionSet: set(this.#selections(inner, all, entry.below, at, [])) } : keyed;
    if (renamed) this.#rewrites.push({ kind: 'rename', path: at.map((key) => ({ key })), to: key });
    return made;
  }
}

const shapeOf = (type: TypeNode, composite: boolean): string => {
  if (type.kind === Kind.NAMED_TYPE) return composite ? '{}' : type.name.value;
  return type.kind === Kind.LIST_TYPE ? `[${shapeOf(type.type, composite)}]` : `${shapeOf(type.type, composite)}!`;
};

const variant = (scope: Scope, key: string, shape: string) => {
  const variants = scope.get(key) ?? [];
  scope.set(key, variants);
  const known = variants.find((one) => one.shape === shape);
  if (known !== undefined) return known;
  const made = { shape, alias: variants.length === 0 ? key : `__a${variants.length}_${key}`, below: new Map() };
  variants.push(made);
  return made;
};

/** A renamed object takes the place of what is selected of it around: it has to hold that, too. */
const joined = (below: Selection, key: string, around: readonly Selection[]): Selection => {
  const all = new Selection();
  for (const { fields } of around) all.add(fields.get(key)?.below ?? all);
  all.add(below);
  return all;
};

/** An operation for a subgraph, with those of the client's variables that it uses. */
export const operationFor = (
  subgraph: string,
  client: OperationDefinitionNode,
  selections: readonly SelectionNode[],
  representations: readonly string[] = [],
): Operation => {
  const used = new Set<string>();
  visit(set(selections), { Variable: ({ name }) => void used.add(name.value) });
  const definitions = (client.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: representations.length > 0 ? OperationTypeNode.QUERY : client.operation,
    variableDefinitions: [...representations.map(representationsVariable), ...definitions],
    selectionSet: set(selections),
  };
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation] };
  return {
    subgraph,
    text: print(document),
    document,
    variables: definitions.map(({ variable }) => variable.name.value),
  };
};

const representationsVariable = (variable: string): VariableDefinitionNode => ({
  kind: Kind.VARIABLE_DEFINITION,
  variable: { kind: Kind.VARIABLE, name: name(variable) },
  type: {
    kind: Kind.NON_NULL_TYPE,
    type: {
      kind: Kind.LIST_TYPE,
      type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: name('_Any') } },
    },
  },
});

/** The field that asks for entities. */
export const entitiesField = (alias: string, variable: string, selections: readonly SelectionNode[]): FieldNode => ({
  kind: Kind.FIELD,
  name: name('_entities'),
  alias: alias === '_entities' ? undefined : name(alias),
  arguments: [
    { kind: Kind.ARGUMENT, name: name('representations'), value: { kind: Kind.VARIABLE, name: name(variable) } },
  ],
  selectionSet: set(selections),
});
