import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Random } from '../../random.ts';

/** A literal for an argument of a generated graph, by its type. */
export const anyValue = ({ type }: GraphQLArgument, _field: unknown, random: Random): string =>
  literal(type, random, 0);

const LITERALS: Readonly<Record<string, readonly string[]>> = {
  Int: ['0', '1', '2', '-7'],
  Float: ['1.5', '2'],
  String: ['"x"', '""', '"a \\"quoted\\" word"', '"é\\u2028\\n"'],
  ID: ['"E0-1"', '7', '"x"'],
  Boolean: ['true', 'false'],
  Stamp: ['"now"', '"later"'],
  Json: ['{ a: [1, null] }', '"x"', '3'],
};

const literal = (type: GraphQLInputType, random: Random, depth: number): string => {
  if (isNonNullType(type)) return certain(type, random, depth);
  return random.chance(0.1) ? 'null' : certain(type, random, depth);
};

const certain = (of: GraphQLInputType, random: Random, depth: number): string => {
  const type = getNullableType(of);
  if (isListType(type)) {
    // a single value stands for a list of one
    if (random.chance(0.15)) return certain(type.ofType, random, depth);
    return `[${Array.from({ length: random.below(3) }, () => literal(type.ofType, random, depth + 1)).join(', ')}]`;
  }
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (!isInputObjectType(type)) return random.pick(LITERALS[type.name] ?? ['null']);
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const needed = isNonNullType(field.type) && field.defaultValue === undefined;
    if (!needed && (depth > 2 || random.chance(0.5))) return [];
    return [`${field.name}: ${literal(field.type, random, depth + 1)}`];
  });
  return `{ ${parts.join(', ')} }`;
};
