import type { IncomingHttpHeaders } from 'node:http';
import { parseRequestParams } from 'graphql-http';
import { isObject } from '../response.ts';
import type { Request } from './operation.ts';
import { malformed, type Refusal } from './refusal.ts';

/** A GraphQL request over HTTP, as far as it is read. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The body's text. */
  readonly body: unknown;
}

/** What each status of graphql-http's refusals means; its own answers have no body. */
const REFUSALS: Readonly<Record<number, Refusal>> = {
  405: malformed('Only GET and POST are answered here.', 405),
  415: malformed('The body of a POST must be application/json in UTF-8.', 415),
};

/**
 * graphql-http reads requests that have a query. One that names its document otherwise gets an empty query, and its
 * `documentId` is kept beside what the library takes over.
 */
const withQuery = (data: unknown): unknown =>
  isObject(data) && (data.query === undefined || data.query === null) && namesDocument(data)
    ? { ...data, query: '' }
    : data;

const namesDocument = ({ documentId, extensions }: Record<string, unknown>): boolean =>
  (documentId !== undefined && documentId !== null) || (isObject(extensions) && isObject(extensions.persistedQuery));

const withQueryParameter = (url: string): { readonly url: string; readonly documentId: string | undefined } => {
  const search = new URLSearchParams(url.split('?')[1]);
  const documentId = search.get('documentId') ?? undefined;
  const named = documentId !== undefined || search.get('extensions')?.includes('"persistedQuery"') === true;
  if (!named || search.has('query')) return { url, documentId };
  search.set('query', '');
  return { url: `?${search}`, documentId };
};

/** A body that the library finds to be no object. */
const NO_OBJECT = 'null';

/** What each thrown sentence of graphql-http says, in our own words. */
const messageOf = (thrown: unknown): string => {
  switch (thrown instanceof Error ? thrown.message : '') {
    case 'Unparsable URL':
      return 'The parameters of the address are not what they should be: variables and extensions are JSON.';
    case 'Missing body':
      return 'The body is missing.';
    case 'Unparsable JSON body':
      return 'The body is not JSON.';
    case 'JSON body must be an object':
      return 'The body must be one JSON object; batches are not taken.';
    case 'Missing query':
      return 'The request names no query.';
    case 'Invalid query':
      return 'query must be text.';
    case 'Invalid variables':
      return 'variables must be an object.';
    case 'Invalid operationName':
      return 'operationName must be text.';
    case 'Invalid extensions':
      return 'extensions must be an object.';
    default:
      return 'The request could not be read.';
  }
};

/** Reads a GraphQL request as GraphQL over HTTP has it, by POST or GET. */
export const readRequest = async ({ method, url, headers, body }: HttpRequest): Promise<Request | Refusal> => {
  let documentId: unknown;
  const readBody = (): Record<string, unknown> | string => {
    const data = withQuery(JSON.parse(String(body)));
    // the library takes a list for an object
    if (!isObject(data)) return NO_OBJECT;
    documentId = data.documentId;
    return data;
  };
  try {
    const address = method === 'GET' ? withQueryParameter(url) : undefined;
    const read = await parseRequestParams({
      method,
      url: address?.url ?? url,
      headers: { 'content-type': headers['content-type'] },
      body: body === undefined || body === '' ? null : readBody,
      raw: undefined,
      context: undefined,
    });
    if (Array.isArray(read)) return REFUSALS[read[1].status] ?? malformed('The request could not be read.');
    return { ...read, documentId: documentId ?? address?.documentId };
  } catch (thrown) {
    return malformed(messageOf(thrown));
  }
};
