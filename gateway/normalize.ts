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
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** Larger operations, once their fragments are written out, are refused: they would take seconds to plan. */
const MOST_FIELDS = 20_000;

/** An operation in the form that is planned and projected: no fragments by name, no conditions, nothing impossible. */
export interface Normalized {
  /** All of it, in the client's order. */
  readonly selection: OperationDefinitionNode;
  /** The part that subgraphs answer. */
  readonly planned: OperationDefinitionNode;
  /** The part that the gateway answers itself: `__schema` and `__type`. */
  readonly introspection: OperationDefinitionNode | undefined;
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
  #fields = 0;

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
    this.#schema = schema;
    this.#variables = variables;
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
    const flat = selections.flatMap(flatten);
    const of = (nodes: readonly SelectionNode[]): OperationDefinitionNode => ({
      ...operation,
      directives: [],
      selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
    });
    const introspection = flat.filter(isIntrospection);
    return {
      selection: of(flat),
      planned: of(flat.filter((node) => !isIntrospection(node))),
      introspection: introspection.length === 0 ? undefined : of(introspection),
    };
  }

  #selections(set: SelectionSetNode, parent: GraphQLCompositeType, possible: ReadonlySet<string>): SelectionNode[] {
    const spread = new Set<string>();
    return set.selections.flatMap((node): SelectionNode[] => {
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
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type.name } },
          selectionSet: { kind: Kind.SELECTION_SET, selections },
        },
      ];
    });
  }

  #field(node: FieldNode, parent: GraphQLCompositeType): FieldNode {
    this.#fields += 1;
    if (this.#fields > MOST_FIELDS)
      throw new GraphQLError('The operation is too large.', { extensions: { code: 'OPERATION_TOO_LARGE' } });
    const type = fieldType(parent, node.name.value);
    const directives = (node.directives ?? []).filter(({ name }) => name.value !== 'skip' && name.value !== 'include');
    if (node.selectionSet === undefined || !isCompositeType(type)) return { ...node, directives };
    const selections = this.#selections(node.selectionSet, type, this.#possible(type));
    return {
      ...node,
      directives,
      selectionSet: { kind: Kind.SELECTION_SET, selections: selections.length === 0 ? [PLACEHOLDER] : selections },
    };
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

/** Stands where nothing of a selection is left: the planner wants something to ask for, the client gets `{}`. */
export const PLACEHOLDER: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** Inline fragments on the root type itself, taken apart. */
const flatten = (node: SelectionNode): SelectionNode[] =>
  node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet.selections.flatMap(flatten) : [node];

/** The named type of a field; `undefined` for meta fields. */
const fieldType = (parent: GraphQLCompositeType, name: string): GraphQLNamedType | undefined =>
  'getFields' in parent ? getNamedType(parent.getFields()[name]?.type) : undefined;
