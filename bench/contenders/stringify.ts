import { execute, parse } from 'graphql';
import { announce, assignment, serveBarely } from '../serve.ts';
import { wholeSchema } from '../whole.ts';
import { loadWorkload } from '../workload.ts';

/** The prepared answer, written anew for every request: nobody who answers in JSON can be faster. */
const { workload, port } = assignment();
const prepared = await loadWorkload(workload);
const answer = await execute({
  schema: wholeSchema(prepared),
  document: parse(prepared.operation.query),
  variableValues: prepared.operation.variables,
});

announce(await serveBarely(() => JSON.stringify(answer), port));
