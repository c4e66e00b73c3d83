import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  OperationTypeNode,
  parse,
  parseType,
  type SelectionNode,
  type TypeNode,
  type UnionTypeDefinitionNode,
} from 'graphql';

/** A supergraph by the join specification: which subgraph knows which part of it, and how. */
export interface Supergraph {
  /** Subgraphs' names by the names that the join directives use. */
  readonly subgraphs: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, CompositeType>;
  readonly roots: ReadonlyMap<OperationTypeNode, string>;
}

/** An object type, interface or union. */
export interface CompositeType {
  readonly name: string;
  readonly abstract: boolean;
  /** How each subgraph that has the type knows it. */
  readonly graphs: ReadonlyMap<string, TypeIn>;
  readonly fields: ReadonlyMap<string, Field>;
  /** Of an object type. */
  readonly interfaces: ReadonlySet<string>;
  /** Object types that it stands for: itself, its implementations or its members. */
  readonly possible: ReadonlySet<string>;
}

export interface TypeIn {
  /** Those by which the subgraph can be asked for an entity. */
  readonly keys: readonly (readonly SelectionNode[])[];
  /** Its fields are of the object types' own that are named in keys, resolvable or not. */
  readonly keyFields: ReadonlySet<string>;
  readonly isInterfaceObject: boolean;
  /** Object types that the subgraph can answer it with. */
  readonly possible: ReadonlySet<string>;
}

export interface Field {
  readonly name: string;
  readonly type: TypeNode;
  /** By subgraph; none where the field comes from an @interfaceObject. */
  readonly graphs: ReadonlyMap<string, FieldIn>;
}

/** A field as one subgraph has it. */
export interface FieldIn {
  readonly type: TypeNode;
  readonly external: boolean;
  readonly requires: readonly SelectionNode[] | undefined;
  readonly provides: readonly SelectionNode[];
  /** The subgraph whose field it takes the place of, and the label of a progressive @override. */
  readonly overrides: { readonly graph: string; readonly label: string | undefined } | undefined;
}

type Arguments = Readonly<Record<string, unknown>>;
type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode;

/** The arguments of each use of a directive. */
const uses = (directives: readonly ConstDirectiveNode[] | undefined, name: string): Arguments[] =>
  (directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map(({ arguments: given }) =>
      Object.fromEntries(
        (given ?? []).map(({ name, value }) => [name.value, 'value' in value ? value.value : undefined]),
      ),
    );

/** What a field set selects. */
export const fieldSet = (text: unknown): readonly SelectionNode[] => {
  if (typeof text !== 'string') return [];
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : [];
};

const fieldNames = (selections: readonly SelectionNode[]): string[] =>
  selections.flatMap((node) => (node.kind === Kind.FIELD ? [node.name.value] : []));

const isComposite = (node: DefinitionNode): node is Composite =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
  node.kind === Kind.UNION_TYPE_DEFINITION;

const interfacesOf = (node: Composite): readonly string[] =>
  node.kind === Kind.UNION_TYPE_DEFINITION ? [] : (node.interfaces ?? []).map(({ name }) => name.value);

/** Reads a supergraph. */
export const readSupergraph = (document: DocumentNode): Supergraph => {
  const subgraphs = readSubgraphs(document);
  const nodes = document.definitions.filter(isComposite);
  const read = new Reader(nodes, subgraphs);
  return {
    subgraphs,
    types: new Map(nodes.map((node) => [node.name.value, read.type(node)])),
    roots: readRoots(document),
  };
};

const readSubgraphs = (document: DocumentNode): ReadonlyMap<string, string> => {
  const graphs = document.definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) throw new Error('The document is not a supergraph.');
  return new Map(
    (graphs.values ?? []).map(({ name, directives }) => [
      name.value,
      String(uses(directives, 'join__graph')[0]?.name ?? name.value),
    ]),
  );
};

const readRoots = (document: DocumentNode): ReadonlyMap<OperationTypeNode, string> => {
  const roots = new Map<OperationTypeNode, string>([
    [OperationTypeNode.QUERY, 'Query'],
    [OperationTypeNode.MUTATION, 'Mutation'],
    [OperationTypeNode.SUBSCRIPTION, 'Subscription'],
  ]);
  for (const node of document.definitions)
    if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
      for (const { operation, type } of node.operationTypes ?? []) roots.set(operation, type.name.value);
  return roots;
};

class Reader {
  readonly #nodes: readonly Composite[];
  readonly #subgraphs: ReadonlyMap<string, string>;

  constructor(nodes: readonly Composite[], subgraphs: ReadonlyMap<string, string>) {
    this.#nodes = nodes;
    this.#subgraphs = subgraphs;
  }

  type(node: Composite): CompositeType {
    const name = node.name.value;
    const abstract = node.kind !== Kind.OBJECT_TYPE_DEFINITION;
    const graphs = this.#graphs(node);
    const definitions = node.kind === Kind.UNION_TYPE_DEFINITION ? [] : (node.fields ?? []);
    return {
      name,
      abstract,
      graphs,
      fields: new Map(definitions.map((field) => [field.name.value, this.#field(field, graphs)])),
      interfaces: new Set(interfacesOf(node)),
      possible: this.#possible(node, undefined),
    };
  }

  #graphs(node: Composite): ReadonlyMap<string, TypeIn> {
    const joins = uses(node.directives, 'join__type');
    const graphs = joins.length === 0 ? [...this.#subgraphs.keys()] : joins.map(({ graph }) => String(graph));
    return new Map(
      [...new Set(graphs)].map((graph) => {
        const own = joins.filter((join) => join.graph === graph);
        const keys = own.filter(({ key }) => key !== undefined);
        const isInterfaceObject = own.some((join) => join.isInterfaceObject === true);
        const known: TypeIn = {
          keys: keys.filter(({ resolvable }) => resolvable !== false).map(({ key }) => fieldSet(key)),
          keyFields: new Set(keys.flatMap(({ key }) => fieldNames(fieldSet(key)))),
          isInterfaceObject,
          possible: this.#possible(node, isInterfaceObject ? undefined : graph),
        };
        return [graph, known];
      }),
    );
  }

  /** All object types of a type, or those that one subgraph knows of it. */
  #possible(node: Composite, graph: string | undefined): ReadonlySet<string> {
    const { value: name } = node.name;
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) return new Set([name]);
    if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      const members = uses(node.directives, 'join__unionMember');
      if (graph === undefined || members.length === 0) return new Set((node.types ?? []).map(({ name }) => name.value));
      return new Set(members.filter((join) => join.graph === graph).map(({ member }) => String(member)));
    }
    const implementing = this.#nodes.filter((one) => {
      if (one.kind !== Kind.OBJECT_TYPE_DEFINITION || !interfacesOf(one).includes(name)) return false;
      const joins = uses(one.directives, 'join__implements');
      return (
        graph === undefined ||
        joins.length === 0 ||
        joins.some((join) => join.graph === graph && join.interface === name)
      );
    });
    return new Set(implementing.map((one) => one.name.value));
  }

  #field(node: FieldDefinitionNode, types: ReadonlyMap<string, TypeIn>): Field {
    const joins = uses(node.directives, 'join__field');
    const written: Arguments[] =
      joins.length === 0 ? [...types.keys()].map((graph) => ({ graph })) : joins.filter(({ graph }) => graph);
    return {
      name: node.name.value,
      type: node.type,
      graphs: new Map(written.map((join) => [String(join.graph), this.#fieldIn(node, join)])),
    };
  }

  #fieldIn(node: FieldDefinitionNode, join: Arguments): FieldIn {
    const from = [...this.#subgraphs].find(([graph, name]) => name === join.override || graph === join.override);
    return {
      type: typeof join.type === 'string' ? parseType(join.type, { noLocation: true }) : node.type,
      external: join.external === true,
      requires: join.requires === undefined ? undefined : fieldSet(join.requires),
      provides: fieldSet(join.provides),
      overrides:
        join.override === undefined
          ? undefined
          : {
              graph: from?.[0] ?? '',
              label: typeof join.overrideLabel === 'string' ? join.overrideLabel : undefined,
            },
    };
  }
}
