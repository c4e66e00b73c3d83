import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { ownKey } from './keys.ts';

/** Larger operations, once their fragments are written out, are refused: they would take seconds to plan. */
const MOST_FIELDS = 20_000;

/** What of the supergraph decides how an operation is written for the planner; see `Planner`. */
export interface SupergraphFacts {
  readonly fieldSetNames: ReadonlySet<string>;
  readonly partlyHidden: ReadonlySet<string>;
}

/** An operation in the form that is planned and projected: no fragments by name, no conditions, nothing impossible. */
export interface Normalized {
  /** All of it, in the client's order. */
  readonly selection: OperationDefinitionNode;
  /** The part that subgraphs answer. */
  readonly planned: OperationDefinitionNode;
  /** The part that the gateway answers itself: `__schema` and `__type`. */
  readonly introspection: OperationDefinitionNode | undefined;
  /** How many fields it has. */
  readonly fields: number;
}

/** Names of the variables that decide an operation's shape by @skip and @include. */
export const conditionVariables = (document: DocumentNode): readonly string[] => {
  const names = new Set<string>();
  visit(document, {
    Directive: (directive) => {
      if (directive.name.value !== 'skip' && directive.name.value !== 'include') return;
      for (const { value } of directive.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].sort();
};

/**
 * Writes fragments out, takes the decisions of @skip and @include, and drops fragments that no type can meet: the
 * planner refuses the last and gets nested conditions wrong.
 */
export class Normalizer {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #supergraph: SupergraphFacts;
  /** What each key that travels under one of ours means, in the order of their numbers. */
  readonly #meanings = new Map<string, string[]>();
  #fields = 0;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    supergraph: SupergraphFacts,
  ) {
    this.#schema = schema;
    this.#variables = variables;
    this.#supergraph = supergraph;
    this.#fragments = new Map(
      document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
    );
  }

  run(operation: OperationDefinitionNode): Normalized {
    const root = this.#schema.getRootType(operation.operation);
    if (root === undefined || root === null) throw new GraphQLError('The graph has no such operation type.');
    const selections = this.#selections(operation.selectionSet, root, new Set([root.name]));
    const isIntrospection = (node: SelectionNode): boolean =>
      node.kind === Kind.FIELD && (node.name.value === '__schema' || node.name.value === '__type');
    const isAnswered = (node: SelectionNode): boolean => node.kind === Kind.FIELD && node.name.value.startsWith('__');
    const flat = selections.flatMap(flatten);
    const of = (nodes: readonly SelectionNode[]): OperationDefinitionNode => ({
      ...operation,
      directives: [],
      selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
    });
    const introspection = flat.filter(isIntrospection);
    return {
      selection: of(flat),
      planned: of(flat.filter((node) => !isAnswered(node))),
      introspection: introspection.length === 0 ? undefined : of(introspection),
      fields: this.#fields,
    };
  }

  #selections(set: SelectionSetNode, parent: GraphQLCompositeType, possible: ReadonlySet<string>): SelectionNode[] {
    const spread = new Set<string>();
    const selections = set.selections.flatMap((node): SelectionNode[] => {
      if (!this.#included(node)) return [];
      if (node.kind === Kind.FIELD) return [this.#field(node, parent)];
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(node.name.value)) return [];
        spread.add(node.name.value);
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
      if (fragment === undefined) return [];
      const condition = fragment.typeCondition?.name.value;
      const type = condition === undefined ? parent : this.#schema.getType(condition);
      if (!isCompositeType(type)) return [];
      const narrowed = new Set([...this.#possible(type)].filter((name) => possible.has(name)));
      if (narrowed.size === 0) return [];
      const selections = this.#selections(fragment.selectionSet, type, narrowed);
      if (selections.length === 0) return [];
      if (type === parent) return selections;
      return [onType(type.name, selections)];
    });
    return merged(selections);
  }

  #field(written: FieldNode, parent: GraphQLCompositeType): FieldNode {
    const node = this.#keyed(written);
    this.#fields += 1;
    if (this.#fields > MOST_FIELDS)
      throw new GraphQLError('The operation is too large.', { extensions: { code: 'OPERATION_TOO_LARGE' } });
    const type = fieldType(parent, node.name.value);
    const directives = (node.directives ?? []).filter(({ name }) => name.value !== 'skip' && name.value !== 'include');
    if (node.selectionSet === undefined || !isCompositeType(type)) return { ...node, directives };
    const selections = this.#selections(node.selectionSet, type, this.#possible(type));
    const told = selections.some((one) => one.kind === Kind.FIELD && keyOf(one) === '__typename');
    const needed = selections.length === 0 || (isAbstractType(type) && !told && this.#typed(type, selections));
    return {
      ...node,
      directives,
      selectionSet: { kind: Kind.SELECTION_SET, selections: needed ? [PLACEHOLDER, ...selections] : selections },
    };
  }

  /** The field under a key that no field of the plan's own can meet. */
  #keyed(node: FieldNode): FieldNode {
    const key = keyOf(node);
    const named = key === node.name.value;
    if (named && node.alias !== undefined) return this.#keyed({ ...node, alias: undefined });
    const plain = named && (node.arguments?.length ?? 0) === 0;
    if (plain || !this.#supergraph.fieldSetNames.has(key)) return node;
    const meaning = print({ ...node, alias: undefined, directives: [], selectionSet: undefined });
    const meanings = this.#meanings.get(key) ?? [];
    this.#meanings.set(key, meanings);
    const known = meanings.indexOf(meaning);
    const n = known < 0 ? meanings.push(meaning) - 1 : known;
    return { ...node, alias: { kind: Kind.NAME, value: ownKey(key, n) } };
  }

  #typed(type: GraphQLCompositeType, selections: readonly SelectionNode[]): boolean {
    return dependsOnType(selections) || this.#supergraph.partlyHidden.has(type.name);
  }

  #possible(type: GraphQLCompositeType): ReadonlySet<string> {
    return new Set(isAbstractType(type) ? this.#schema.getPossibleTypes(type).map(({ name }) => name) : [type.name]);
  }

  #included(node: SelectionNode): boolean {
    if ((node.directives?.length ?? 0) === 0) return true;
    if (getDirectiveValues(GraphQLSkipDirective, node, this.#variables)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, this.#variables)?.if !== false;
  }
}

const keyOf = (node: FieldNode): string => node.alias?.value ?? node.name.value;

/** Can what is selected of an object not be told without its type? */
export const dependsOnType = (selections: readonly SelectionNode[]): boolean =>
  selections.some((one) => one.kind !== Kind.FIELD || (one.name.value === '__typename' && one !== PLACEHOLDER));

/**
 * Asks for the type of an abstract type's object, and stands where nothing of a selection is left. The client did not
 * select it, so it is left out of the answer.
 */
export const PLACEHOLDER: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * Fields of one response key made one, and fragments on one type made one: validation has found that they agree. The
 * planner loses its way among repeated fields.
 */
const merged = (selections: readonly SelectionNode[]): SelectionNode[] => {
  const known = new Map<string, SelectionNode>();
  for (const node of selections) {
    const name =
      node.kind === Kind.FIELD
        ? keyOf(node)
        : node.kind === Kind.INLINE_FRAGMENT
          ? `... on ${node.typeCondition?.name.value}`
          : `...${node.name.value}`;
    const earlier = known.get(name);
    known.set(name, earlier === undefined ? node : joined(earlier, node));
  }
  return [...known.values()];
};

const joined = (one: SelectionNode, other: SelectionNode): SelectionNode => {
  if (one.kind === Kind.FRAGMENT_SPREAD || other.kind === Kind.FRAGMENT_SPREAD) return one;
  if (one.selectionSet === undefined || other.selectionSet === undefined) return one === PLACEHOLDER ? other : one;
  const all = merged([...one.selectionSet.selections, ...other.selectionSet.selections]);
  return { ...one, selectionSet: { kind: Kind.SELECTION_SET, selections: all } } as SelectionNode;
};

/** A fragment on a type. */
export const onType = (name: string, selections: readonly SelectionNode[]): InlineFragmentNode => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
  selectionSet: { kind: Kind.SELECTION_SET, selections },
});

/** Inline fragments on the root type itself, taken apart. */
const flatten = (node: SelectionNode): SelectionNode[] =>
  node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet.selections.flatMap(flatten) : [node];

/** The named type of a field; `undefined` for meta fields. */
export const fieldType = (parent: GraphQLCompositeType, name: string): GraphQLNamedType | undefined =>
  'getFields' in parent ? getNamedType(parent.getFields()[name]?.type) : undefined;
