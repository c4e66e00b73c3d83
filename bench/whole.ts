import { buildASTSchema, type DocumentNode, type GraphQLSchema, isObjectType, parse, validate } from 'graphql';
import type { Workload } from './workload.ts';

/** The whole graph as one executable schema, without federation: what every answer is compared with. */
export const wholeSchema = ({ apiSdl, wholeResolvers }: Pick<Workload, 'apiSdl' | 'wholeResolvers'>): GraphQLSchema => {
  const schema = buildASTSchema(parse(apiSdl), { assumeValidSDL: true });
  for (const [name, fields] of Object.entries(wholeResolvers)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = fields[field.name];
      if (resolve !== undefined) field.resolve = (root, args) => resolve(root, args);
    }
  }
  return schema;
};

/** Texts parsed and validated, each once. The bench sends a dozen texts, so nothing has to be forgotten. */
export const documents = (schema: GraphQLSchema): ((text: string) => DocumentNode) => {
  const known = new Map<string, DocumentNode>();
  return (text) => {
    const existing = known.get(text);
    if (existing !== undefined) return existing;
    const document = parse(text);
    const [error] = validate(schema, document);
    if (error !== undefined) throw error;
    known.set(text, document);
    return document;
  };
};
