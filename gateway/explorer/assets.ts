import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

interface Asset {
  readonly content: Buffer;
  readonly type: string;
  readonly etag: string;
  /** Files under `assets/` carry a hash of their content in their names. */
  readonly caching: string;
}

const PAGE = 'index.html';
const HTML = 'text/html; charset=utf-8';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': HTML,
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * Everything from this server and nothing inline but styles: the editor writes its colours and positions as inline
 * styles and its fonts stand in the style sheet as `data:`.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const NOT_BUILT = `<!doctype html>
<html lang="en">
<title>PracticeGraph</title>
<h1>The explorer is not built</h1>
<p>Run <code>npm run build</code>, then start the server again. The graph itself is at <code>/graphql</code>.</p>
</html>
`;

const toAsset = (name: string, content: Buffer): Asset => ({
  content,
  type: TYPES[extname(name)] ?? 'application/octet-stream',
  etag: `"${createHash('sha256').update(content).digest('base64url')}"`,
  caching: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
});

/** The regular files of a folder by their path inside it, links left out; none when there is no such folder. */
const load = (root: string): ReadonlyMap<string, Asset> => {
  const assets = new Map<string, Asset>();
  try {
    for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path).split(sep).join('/');
      assets.set(name, toAsset(name, readFileSync(path)));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return assets;
};

const isKnown = (asset: Asset, { headers }: FastifyRequest): boolean =>
  (headers['if-none-match'] ?? '').split(',').some((tag) => [asset.etag, '*'].includes(tag.trim().replace(/^W\//, '')));

/**
 * Serves the explorer's built files at `/graphiql`. They are read once, here; a request only picks one by its exact
 * name, so no path can lead outside `root`. Without a build every address answers 503 and says what to do.
 */
export const registerExplorer = (app: FastifyInstance, { root }: { readonly root: string }): void => {
  const assets = load(root);

  const serve = (name: string, request: FastifyRequest, reply: FastifyReply): void => {
    reply.headers(HEADERS);
    const asset = assets.get(name);
    if (!assets.has(PAGE)) reply.code(503).type(HTML).header('cache-control', 'no-store').send(NOT_BUILT);
    else if (asset === undefined) reply.callNotFound();
    else {
      reply.header('etag', asset.etag).header('cache-control', asset.caching);
      if (isKnown(asset, request)) reply.code(304).send();
      else reply.type(asset.type).send(asset.content);
    }
  };

  app.get('/graphiql', (request, reply) => serve(PAGE, request, reply));
  app.get<{ Params: { '*': string } }>('/graphiql/*', (request, reply) =>
    serve(request.params['*'] || PAGE, request, reply),
  );
};
