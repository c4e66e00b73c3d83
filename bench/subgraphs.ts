import { createServer, type ServerResponse } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, type GraphQLSchema, parse } from 'graphql';
import { announce, assignment, type GraphRequest, listen } from './serve.ts';
import { loadWorkload } from './workload.ts';

/**
 * All subgraphs of a workload as services, each under its name. An answer is made once for each request's bytes and
 * then only sent, so that the gateways are measured and not this.
 */
const { workload, port } = assignment();
const { subgraphs } = await loadWorkload(workload);

/** A workload sends some dozens of different requests; whoever words every request anew is answered all the same. */
const MOST_ANSWERS = 10_000;

interface Service {
  readonly schema: GraphQLSchema;
  readonly answers: Map<string, Buffer>;
}

const services = new Map<string, Service>(
  subgraphs.map(({ name, typeDefs, resolvers }) => [
    `/${name}`,
    {
      schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]),
      answers: new Map(),
    },
  ]),
);

const answer = async ({ schema }: Service, body: string): Promise<Buffer> => {
  const { query, variables } = JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as GraphRequest;
  return Buffer.from(
    JSON.stringify(await execute({ schema, document: parse(query), variableValues: variables ?? {} })),
  );
};

const send = (response: ServerResponse, body: Buffer): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
};

const reply = async (service: Service, body: string, response: ServerResponse): Promise<void> => {
  const made = await answer(service, body);
  if (service.answers.size < MOST_ANSWERS) service.answers.set(body, made);
  send(response, made);
};

const server = createServer((request, response) => {
  const service = services.get(request.url ?? '');
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    const known = service?.answers.get(body);
    if (known !== undefined) send(response, known);
    else if (service !== undefined) void reply(service, body, response);
    else response.writeHead(404).end();
  });
});

announce(await listen(server, port));
