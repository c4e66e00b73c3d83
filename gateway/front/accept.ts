/** Media types that an answer can have. */
export type Answering = 'application/graphql-response+json' | 'application/json' | 'text/event-stream';

/**
 * For clients that take anything. GraphQL over HTTP has `application/json` for them before 2025-01-01 and this one
 * since; with it the status says whether the request could be carried out. RFC 9110 has a missing header mean "anything".
 */
const DEFAULT: Answering = 'application/graphql-response+json';

const MEANINGS: ReadonlyMap<string, Answering> = new Map([
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/json', 'application/json'],
  ['text/event-stream', 'text/event-stream'],
  ['application/*', DEFAULT],
  ['*/*', DEFAULT],
]);

const UTF8: ReadonlySet<string> = new Set(['utf-8', 'utf8']);

/**
 * The media type that a client would like best of those that there are; the first of equals. Undefined when it takes
 * none of them.
 */
export const answeringTo = (accept: string | undefined): Answering | undefined => {
  if (accept === undefined || accept === '*/*') return DEFAULT;
  let best: Answering | undefined;
  let bestQuality = 0;
  for (const part of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const meaning = MEANINGS.get(type);
    if (meaning === undefined) continue;
    const values = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
    const quality = Number(values.get('q') ?? 1);
    if (!UTF8.has((values.get('charset') ?? 'utf-8').replaceAll('"', '')) || !(quality > bestQuality)) continue;
    best = meaning;
    bestQuality = quality;
  }
  return best;
};
