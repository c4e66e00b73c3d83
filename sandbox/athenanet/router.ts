import type { Received } from '../server.ts';
import { type Parameters, parameters } from './parameters.ts';
import type { World } from './world.ts';

/** Whose reading of a call wins where the guide and the real platform differ; undefined serves both. */
export type StrictDialect = 'platform' | 'guide' | undefined;

/** One routed request, ready for its handler. */
export interface Call {
  readonly world: World;
  /** The whole path, for links to other pages. */
  readonly path: string;
  /** The number in a `{name}` of the route; nothing has the id NaN, which stands for any other text. */
  id(name: string): number;
  readonly sent: Parameters;
  readonly dialect: StrictDialect;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind `/v1/{practiceid}`; `{name}` stands for one segment. */
  readonly path: string;
  /** Named by the guide only: the real platform's gateway does not know it. */
  readonly guideOnly?: true;
  /** Gives the body of a 200, or throws a Refusal. */
  readonly handle: (call: Call) => unknown;
}

export interface Match {
  readonly route: Route;
  readonly segments: ReadonlyMap<string, string>;
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const match = (route: Route, path: string): Match | undefined => {
  const pattern = route.path.split('/');
  const actual = path.split('/');
  if (pattern.length !== actual.length) return undefined;
  const segments = new Map<string, string>();
  for (const [index, part] of pattern.entries()) {
    const segment = actual[index] ?? '';
    if (part.startsWith('{') && segment !== '') segments.set(part.slice(1, -1), decoded(segment));
    else if (part !== segment) return undefined;
  }
  return { route, segments };
};

/** Finds the route of a request; a literal segment wins over a `{name}`. */
export const router = (
  routes: readonly Route[],
  dialect: StrictDialect,
): ((method: string, path: string) => Match | undefined) => {
  const open = routes
    .filter((route) => !(route.guideOnly === true && dialect === 'platform'))
    // `{` sorts behind every letter.
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return (method, path) => {
    for (const route of open) {
      const found = route.method === method ? match(route, path) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
};

const isForm = (request: Received): boolean =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';

/** The fields of a form body; nothing when the body is of another kind. */
export const form = (request: Received): URLSearchParams => new URLSearchParams(isForm(request) ? request.body : '');

/** Everything a request sent: its form (writes only) and its query, because PUT takes both. [public: dotnet] */
export const sentBy = (request: Received): Parameters =>
  request.method === 'GET' ? parameters(request.query) : parameters(form(request), request.query);
