import type { Ledger } from '../ledger.ts';
import type { Received } from '../server.ts';
import type { Feeds } from './feeds.ts';
import { multipart } from './multipart.ts';
import { type Parameters, parameters } from './parameters.ts';
import { badFormat } from './reply.ts';
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
  /** Whether it was sent as JSON, as the guide does. */
  readonly isJson: boolean;
  readonly dialect: StrictDialect;
  /** What the call is named in the list of commits. */
  readonly name: string;
  readonly ledger: Ledger;
  readonly feeds: Feeds;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind `/v1/{practiceid}`; `{name}` stands for one segment. */
  readonly path: string;
  /** Named by the guide only: the real platform's gateway does not know it. */
  readonly guideOnly?: true;
  /** Takes the guide's JSON beside a form, except where the platform's reading wins. */
  readonly json?: true;
  /** Takes a multipart form too. */
  readonly files?: true;
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

const contentType = (request: Received): string => request.headers['content-type'] ?? '';

const isOf = (request: Received, type: string): boolean =>
  contentType(request).split(';')[0]?.trim().toLowerCase() === type;

/** The fields of a form body; nothing when the body is of another kind. */
export const form = (request: Received, takesFiles = false): URLSearchParams => {
  if (takesFiles && isOf(request, 'multipart/form-data')) return multipart(contentType(request), request.body);
  return new URLSearchParams(isOf(request, 'application/x-www-form-urlencoded') ? request.body : '');
};

/** Whether a request is to be read as the guide's JSON. */
export const isGuideJson = (request: Received, route: Route, dialect: StrictDialect): boolean =>
  route.json === true && dialect !== 'platform' && isOf(request, 'application/json');

/** The members of a JSON object as fields; refuses what is no object of plain values. */
const members = (body: string): URLSearchParams => {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(objectOf(body))) {
    if (typeof value === 'object' && value !== null) throw badFormat('JSON object', name);
    if (value !== null && value !== undefined) fields.append(name, String(value));
  }
  return fields;
};

const objectOf = (body: string): object => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badFormat('JSON object', 'other text');
  return value;
};

/** How a body other than a plain form is to be read. */
export interface Reading {
  readonly isJson?: boolean;
  readonly takesFiles?: boolean;
}

/** Everything a request sent: its body (writes only) and its query, because PUT takes both. [public: dotnet] */
export const sentBy = (request: Received, { isJson = false, takesFiles = false }: Reading = {}): Parameters => {
  if (request.method === 'GET') return parameters(request.query);
  return parameters(isJson ? members(request.body) : form(request, takesFiles), request.query);
};
