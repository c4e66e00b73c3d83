import type { FastifyInstance } from 'fastify';
import type { Hook } from '../federation/subgraph.ts';

/** Of a delivery's body. */
const BODY_BYTES = 1024 * 1024;

const PATH = '/hooks/:source';
interface Route {
  Params: { readonly source: string };
}

/** By the lower-case name, the value of each header; what was sent twice is both, with a comma between. */
const singles = (headers: Readonly<Record<string, string | readonly string[] | undefined>>) =>
  Object.fromEntries(Object.entries(headers).filter((one): one is [string, string] => typeof one[1] === 'string'));

/**
 * Serves `POST /hooks/<source>`: the sources of vendors that tell of changes themselves deliver there. Answers have a
 * status and nothing else; what nobody serves is refused before its body is read.
 */
export const hookRoutes =
  (hooks: ReadonlyMap<string, Hook>) =>
  (app: FastifyInstance): void => {
    // signatures are over the bytes as they came, whatever they are said to be
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    app.setErrorHandler((error: { statusCode?: number }, _request, reply) =>
      reply.status(error.statusCode ?? 500).send(),
    );
    app.addHook<Route>('onRequest', async ({ params }, reply) =>
      hooks.has(params.source) ? undefined : reply.status(404).send(),
    );
    app.post<Route>(PATH, async ({ params, headers, body }, reply) => {
      const hook = hooks.get(params.source);
      if (hook === undefined) return reply.status(404).send();
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      return reply.status(await hook({ headers: singles(headers), body: bytes })).send();
    });
    app.route<Route>({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: PATH,
      onRequest: async (_request, reply) => reply.status(405).header('allow', 'POST').send(),
      handler: async () => undefined,
    });
  };
