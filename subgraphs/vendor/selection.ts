import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isRecordType } from '../../schema/ids.ts';
import { versionFields } from './version.ts';

type Variables = GraphQLResolveInfo['variableValues'];

const isIncluded = (node: SelectionNode, variables: Variables): boolean =>
  (node.directives?.length ?? 0) === 0 ||
  (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false);

/** Calls `visit` with every field that is selected of a type at the end of `path`, fragments resolved. */
const walk = (
  info: GraphQLResolveInfo,
  typeName: string | undefined,
  set: SelectionSetNode | undefined,
  path: readonly string[],
  visit: (node: FieldNode) => void,
): void => {
  const type = typeName === undefined ? undefined : (info.schema.getType(typeName) as GraphQLObjectType | undefined);
  const applies = (condition: string | undefined): boolean => {
    if (condition === undefined || condition === typeName || type === undefined) return true;
    const other = info.schema.getType(condition);
    return isAbstractType(other) && info.schema.isSubType(other, type);
  };
  for (const selection of set?.selections ?? []) {
    if (!isIncluded(selection, info.variableValues)) continue;
    if (selection.kind === Kind.FIELD) {
      const [step, ...rest] = path;
      if (step === undefined) visit(selection);
      else if (step === selection.name.value) walk(info, typeName, selection.selectionSet, rest, visit);
    } else {
      const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      if (part !== undefined && (path.length > 0 || applies(part.typeCondition?.name.value)))
        walk(info, typeName, part.selectionSet, path, visit);
    }
  }
};

/**
 * Names of the fields that an operation selects of an object type, below the field that is being resolved; through
 * `path` (`['nodes']`) below a field of that. What a link to another record selects follows the link's name after a dot
 * (`practitioner.name`). What a version is made of is selected with it.
 */
export const selectedFields = (
  info: GraphQLResolveInfo,
  typeName: string,
  ...paths: readonly (readonly string[])[]
): ReadonlySet<string> => {
  const found = new Set<string>();
  const type = info.schema.getType(typeName) as GraphQLObjectType | undefined;
  const fields = type?.getFields() ?? {};
  const versioned = type?.getInterfaces().flatMap(({ name }) => (isRecordType(name) ? versionFields(name) : [])) ?? [];
  const visit = (node: FieldNode): void => {
    const name = node.name.value;
    found.add(name);
    if (name === 'meta' && node.selectionSet !== undefined)
      walk(info, undefined, node.selectionSet, [], (below) => {
        if (below.name.value === 'versionId') for (const field of versioned) found.add(field);
      });
    const linked = fields[name];
    if (node.selectionSet === undefined || linked === undefined || !isRecordType(getNamedType(linked.type).name))
      return;
    walk(info, undefined, node.selectionSet, [], (below) => found.add(`${name}.${below.name.value}`));
  };
  for (const path of paths.length === 0 ? [[]] : paths)
    for (const node of info.fieldNodes as readonly FieldNode[]) walk(info, typeName, node.selectionSet, path, visit);
  return found;
};

/** The fields that an operation selects of an object type, by the names under which they are answered. */
export const selectedNodes = (
  info: GraphQLResolveInfo,
  typeName: string,
): ReadonlyMap<string, readonly [FieldNode, ...FieldNode[]]> => {
  const found = new Map<string, [FieldNode, ...FieldNode[]]>();
  for (const { selectionSet } of info.fieldNodes as readonly FieldNode[])
    walk(info, typeName, selectionSet, [], (node) => {
      const name = node.alias?.value ?? node.name.value;
      const same = found.get(name);
      if (same === undefined) found.set(name, [node]);
      else same.push(node);
    });
  return found;
};
