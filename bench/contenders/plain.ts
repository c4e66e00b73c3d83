import { execute } from 'graphql';
import { announce, assignment, serveBarely } from '../serve.ts';
import { documents, wholeSchema } from '../whole.ts';
import { loadWorkload } from '../workload.ts';

/** graphql-js over the whole graph as one schema, without federation: each text is parsed and validated once. */
const { workload, port } = assignment();
const schema = wholeSchema(await loadWorkload(workload));
const documentOf = documents(schema);

announce(
  await serveBarely(
    async ({ query, variables }) =>
      JSON.stringify(await execute({ schema, document: documentOf(query), variableValues: variables ?? {} })),
    port,
  ),
);
