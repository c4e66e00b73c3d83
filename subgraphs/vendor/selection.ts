import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

const isIncluded = (node: SelectionNode, variables: GraphQLResolveInfo['variableValues']): boolean =>
  (node.directives?.length ?? 0) === 0 ||
  (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false);

/**
 * Names of the fields that an operation selects of an object type, below the field that is being resolved; through
 * `path` (`['nodes']`) below a field of that.
 */
export const selectedFields = (
  info: GraphQLResolveInfo,
  typeName: string,
  ...paths: readonly (readonly string[])[]
): ReadonlySet<string> => {
  const found = new Set<string>();
  const type = info.schema.getType(typeName) as GraphQLObjectType | undefined;

  const applies = (condition: string | undefined): boolean => {
    if (condition === undefined || condition === typeName || type === undefined) return true;
    const other = info.schema.getType(condition);
    return isAbstractType(other) && info.schema.isSubType(other, type);
  };

  const walk = (set: SelectionSetNode | undefined, path: readonly string[]): void => {
    for (const selection of set?.selections ?? []) {
      if (!isIncluded(selection, info.variableValues)) continue;
      if (selection.kind === Kind.FIELD) {
        const [step, ...rest] = path;
        if (step === undefined) found.add(selection.name.value);
        else if (step === selection.name.value) walk(selection.selectionSet, rest);
      } else {
        const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
        if (part !== undefined && (path.length > 0 || applies(part.typeCondition?.name.value)))
          walk(part.selectionSet, path);
      }
    }
  };
  for (const path of paths.length === 0 ? [[]] : paths)
    for (const node of info.fieldNodes as readonly FieldNode[]) walk(node.selectionSet, path);
  return found;
};
