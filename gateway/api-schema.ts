import { transformSupergraphToPublicSchema } from '@theguild/federation-composition';
import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  type UnionTypeDefinitionNode,
  visit,
} from 'graphql';

/** The graph as clients see it: the supergraph without what only federation needs and without what is inaccessible. */
export const apiSchema = (supergraph: DocumentNode): DocumentNode => {
  const visible = transformSupergraphToPublicSchema(supergraph);
  const defined = new Set(visible.definitions.flatMap((one) => ('name' in one && one.name ? [one.name.value] : [])));
  const shown = (types: readonly NamedTypeNode[] | undefined): readonly NamedTypeNode[] =>
    (types ?? []).filter(({ name }) => defined.has(name.value));
  // the library leaves the names of inaccessible types in these two places
  return visit(visible, {
    [Kind.UNION_TYPE_DEFINITION]: (node) => ({ ...node, types: shown(node.types) }),
    [Kind.INTERFACE_TYPE_DEFINITION]: (node) => ({ ...node, interfaces: shown(node.interfaces) }),
    [Kind.OBJECT_TYPE_DEFINITION]: (node) => ({ ...node, interfaces: shown(node.interfaces) }),
  });
};

const isHidden = ({ directives }: { readonly directives?: readonly DirectiveNode[] }): boolean =>
  directives?.some(({ name }) => name.value === 'inaccessible' || name.value === 'federation__inaccessible') === true;

/** Has an enum values that clients must not see? */
export const hidesValues = (supergraph: DocumentNode): boolean =>
  supergraph.definitions.some((one) => one.kind === Kind.ENUM_TYPE_DEFINITION && one.values?.some(isHidden) === true);

/** Names of the interfaces and unions that have inaccessible object types among their members. */
export const partlyHidden = (supergraph: DocumentNode): ReadonlySet<string> => {
  const hidden = supergraph.definitions.filter(
    (one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION && isHidden(one),
  );
  const names = new Set(hidden.map(({ name }) => name.value));
  const unions = supergraph.definitions.filter(
    (one): one is UnionTypeDefinitionNode => one.kind === Kind.UNION_TYPE_DEFINITION,
  );
  return new Set([
    ...hidden.flatMap(({ interfaces }) => (interfaces ?? []).map(({ name }) => name.value)),
    ...unions.filter(({ types }) => types?.some(({ name }) => names.has(name.value))).map(({ name }) => name.value),
  ]);
};
