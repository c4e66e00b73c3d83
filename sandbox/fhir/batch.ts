import { z } from 'zod';
import type { Received, Reply } from '../server.ts';
import { FHIR_JSON, type ProfileName, Refused, refusal } from './faults.ts';

const MOST_ENTRIES = 500;

const Batch = z.object({
  resourceType: z.literal('Bundle'),
  type: z.literal('batch'),
  entry: z
    .array(z.object({ request: z.object({ method: z.string(), url: z.string() }) }))
    .max(MOST_ENTRIES)
    .default([]),
});

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  410: 'Gone',
  422: 'Unprocessable Entity',
};

const entryOf = ({ status, headers = {}, body }: Reply): string => {
  const said = `${status} ${REASONS[status] ?? ''}`.trim();
  const etag = headers.etag === undefined ? '' : `,"etag":${JSON.stringify(headers.etag)}`;
  const outcome = status >= 300 && body !== '' ? `,"outcome":${body}` : '';
  const resource = status < 300 ? `,"resource":${body}` : '';
  return `{"response":{"status":${JSON.stringify(said)}${etag}${outcome}}${resource}}`;
};

const parsed = (body: string): z.infer<typeof Batch> => {
  try {
    return Batch.parse(JSON.parse(body));
  } catch {
    throw new Refused('bad-body');
  }
};

/** Answers a batch of reads: every entry by itself, in the given order. A transaction is refused. */
export const batchAnswer = async (
  request: Received,
  basePath: string,
  profile: ProfileName,
  one: (entry: Received) => Promise<Reply>,
): Promise<Reply> => {
  const answers: string[] = [];
  for (const { request: asked } of parsed(request.body).entry) {
    const url = new URL(`${basePath}/${asked.url.replace(/^\//, '')}`, 'http://localhost');
    if (asked.method !== 'GET') {
      answers.push(entryOf(refusal(profile, new Refused('method'))));
      continue;
    }
    const entry = { ...request, method: asked.method, path: url.pathname, query: url.searchParams, body: '' };
    answers.push(entryOf(await one(entry)));
  }
  return {
    status: 200,
    headers: { 'content-type': FHIR_JSON },
    body: `{"resourceType":"Bundle","type":"batch-response","entry":[${answers.join(',')}]}`,
  };
};
