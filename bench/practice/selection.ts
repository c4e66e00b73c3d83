import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

/** Stands behind a union member's name in the alias of its field: members' fields of one name may differ in type. */
const MEMBER = '__of__';

/** A response key without what the selection has put before it. */
export const fieldOf = (key: string): string =>
  key.slice(key.indexOf(MEMBER) < 0 ? 0 : key.indexOf(MEMBER) + MEMBER.length);

const isRecord = (type: GraphQLNamedType): boolean =>
  (isObjectType(type) || isInterfaceType(type)) &&
  (type.name === 'Node' || type.getInterfaces().some(({ name }) => name === 'Node'));

const STUB = '{ __typename id }';

/**
 * Everything that can be asked of an object type without arguments; of records inside it only which they are. Pages of
 * records are asked of patients only: a source's would lead to everything that it has.
 */
export const selectionOf = (
  schema: GraphQLSchema,
  typename: string,
  within: readonly string[] = [],
  prefix = '',
): string => {
  const type = schema.getType(typename);
  if (!isObjectType(type) || within.includes(typename)) return '';
  const deeper = [...within, typename];
  const paged = within.length > 0 || typename.endsWith('Patient');
  const parts = Object.values(type.getFields()).flatMap((field) => {
    if (!paged && getNamedType(field.type).name.endsWith('Page')) return [];
    const inner = fieldSelection(schema, field, deeper);
    return inner === undefined ? [] : [`${prefix === '' ? '' : `${prefix}${field.name}: `}${field.name} ${inner}`];
  });
  return ['__typename', ...parts].join(' ');
};

/** A field's selection, empty for a leaf; undefined where it cannot be asked so. */
const fieldSelection = (
  schema: GraphQLSchema,
  { args, type }: GraphQLField<unknown, unknown>,
  within: readonly string[],
): string | undefined => {
  if (args.some(isRequiredArgument)) return undefined;
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isRecord(named)) return STUB;
  if (isUnionType(named)) {
    const members = named
      .getTypes()
      .map(({ name }) => `... on ${name} { ${selectionOf(schema, name, within, `${name}${MEMBER}`)} }`);
    return `{ ${members.join(' ')} }`;
  }
  const inner = selectionOf(schema, named.name, within);
  return inner === '' ? undefined : `{ ${inner} }`;
};
