import type { Field } from './model.ts';

/** The subgraphs that may be asked for a field wherever they name its type. */
export const asks = ({ at }: Field): readonly string[] =>
  [...at].flatMap(([name, { asked }]) => (asked === 'always' ? [name] : []));
