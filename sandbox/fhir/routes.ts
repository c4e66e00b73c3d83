import type { Received } from '../server.ts';
import { FHIR_SIGN_IN } from './signin.ts';

export const BASE_PATH = '/fhir/R4';

export type Route =
  | { readonly to: 'token' | 'metadata' | 'smart' | 'batch' | 'foreign' | 'unknown' }
  | { readonly to: 'search'; readonly type: string; readonly form: boolean }
  | { readonly to: 'read' | 'history'; readonly type: string; readonly id: string }
  | { readonly to: 'update' | 'patch'; readonly type: string; readonly id: string }
  | { readonly to: 'delete'; readonly type: string; readonly id: string }
  | { readonly to: 'operation'; readonly type: string; readonly id: string | undefined; readonly operation: Operation }
  | { readonly to: 'create'; readonly type: string }
  | { readonly to: 'version'; readonly type: string; readonly id: string; readonly versionId: string }
  | { readonly to: 'method'; readonly type: string };

/** Operations of the Subscriptions R5 Backport: on one subscription, and `$status` on all of them. */
export type Operation = '$status' | '$events';

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

const CHANGES: Readonly<Record<string, 'update' | 'patch' | 'delete'>> = {
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Where a request goes. A base other than this server's own is another tenant's. */
export const routeOf = ({ method, path }: Pick<Received, 'method' | 'path'>): Route => {
  if (path === FHIR_SIGN_IN.tokenPath) return { to: method === 'POST' ? 'token' : 'unknown' };
  if (path !== BASE_PATH && !path.startsWith(`${BASE_PATH}/`))
    return { to: /^\/(?:fhir|r4)\//i.test(path) ? 'foreign' : 'unknown' };
  const rest = path.slice(BASE_PATH.length + 1);
  if (method === 'GET' && rest === 'metadata') return { to: 'metadata' };
  if (method === 'GET' && rest === '.well-known/smart-configuration') return { to: 'smart' };
  if (rest === '') return { to: method === 'POST' ? 'batch' : 'unknown' };
  const parts = rest.split('/');
  return operationRoute(method, parts) ?? resourceRoute(method, parts);
};

const operationRoute = (method: string, [type, first = '', second, more]: readonly string[]): Route | undefined => {
  if (type !== 'Subscription' || (method !== 'GET' && method !== 'POST') || more !== undefined) return undefined;
  if (second === undefined)
    return first === '$status' ? { to: 'operation', type, id: undefined, operation: first } : undefined;
  const known = second === '$status' || second === '$events';
  return known && ID.test(first) ? { to: 'operation', type, id: first, operation: second } : undefined;
};

const resourceRoute = (method: string, [type = '', id, operation, versionId, more]: readonly string[]): Route => {
  if (!/^[A-Z][A-Za-z]+$/.test(type) || more !== undefined) return { to: 'unknown' };
  if (method === 'POST' && id === '_search' && operation === undefined) return { to: 'search', type, form: true };
  if (method === 'POST' && id === undefined) return { to: 'create', type };
  const change = CHANGES[method];
  if (change !== undefined && id !== undefined && ID.test(id) && operation === undefined)
    return { to: change, type, id };
  if (method !== 'GET') return { to: 'method', type };
  if (id === undefined) return { to: 'search', type, form: false };
  if (!ID.test(id)) return { to: 'unknown' };
  if (operation === undefined) return { to: 'read', type, id };
  if (operation !== '_history') return { to: 'unknown' };
  return versionId === undefined ? { to: 'history', type, id } : { to: 'version', type, id, versionId };
};

/** The call by name, for counting: no ids, and no type that R4 does not have. */
export const nameOf = (request: Received, isType: (type: string) => boolean): string => {
  const route = routeOf(request);
  const simple: Readonly<Record<string, string>> = {
    token: 'POST token',
    metadata: 'GET metadata',
    smart: 'GET smart-configuration',
    batch: 'POST batch',
  };
  const type = 'type' in route && isType(route.type) ? route.type : '{unknown}';
  switch (route.to) {
    case 'search':
      return route.form ? `POST ${type}/_search` : `GET ${type}`;
    case 'read':
      return `GET ${type}/{id}`;
    case 'history':
      return `GET ${type}/{id}/_history`;
    case 'version':
      return `GET ${type}/{id}/_history/{version}`;
    case 'update':
    case 'patch':
    case 'delete':
      return `${request.method} ${type}/{id}`;
    case 'operation':
      return `${request.method} ${type}${route.id === undefined ? '' : '/{id}'}/${route.operation}`;
    case 'create':
    case 'method':
      return `${request.method} ${type}`;
    default:
      return simple[route.to] ?? `${request.method} {unknown}`;
  }
};
