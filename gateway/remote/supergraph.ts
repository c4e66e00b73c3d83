import { type ConstDirectiveNode, type DocumentNode, Kind, parse } from 'graphql';

/** A subgraph as a supergraph file names it. */
export interface Graph {
  readonly name: string;
  /** Empty when the file names none. */
  readonly url: string;
}

const argument = (directive: ConstDirectiveNode | undefined, name: string): string | undefined => {
  const value = directive?.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
};

const parsed = (supergraph: string): DocumentNode | undefined => {
  try {
    return parse(supergraph, { noLocation: true });
  } catch {
    return undefined;
  }
};

/** The subgraphs of a supergraph, in its order; `undefined` when it is not one of Federation 2. */
export const graphsOf = (supergraph: string): readonly Graph[] | undefined => {
  const graphs = parsed(supergraph)?.definitions.find(
    (one) => one.kind === Kind.ENUM_TYPE_DEFINITION && one.name.value === 'join__Graph',
  );
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION || (graphs.values ?? []).length === 0) return undefined;
  const found = (graphs.values ?? []).map((value) => {
    const directive = value.directives?.find((one) => one.name.value === 'join__graph');
    return { name: argument(directive, 'name'), url: argument(directive, 'url') ?? '' };
  });
  return found.every((one): one is Graph => one.name !== undefined) ? found : undefined;
};
