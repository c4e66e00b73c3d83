import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import { list, opt, text } from './elements.ts';

const Bundle = z.object({
  resourceType: z.literal('Bundle'),
  link: list(z.object({ relation: text, url: text })),
  entry: list(
    z.object({
      fullUrl: text,
      resource: opt(z.looseObject({ resourceType: z.string() })),
      search: opt(z.object({ mode: text })),
    }),
  ),
});
export type Bundle = z.output<typeof Bundle>;

/** @throws GraphError BAD_VENDOR_ANSWER when it is not a bundle. */
export const toBundle = (raw: unknown, source: string): Bundle => {
  const parsed = Bundle.safeParse(raw);
  if (!parsed.success) throw new GraphError('BAD_VENDOR_ANSWER', { source });
  return parsed.data;
};

type Entry = Bundle['entry'][number];

/** What of an entry's address stands before `Patient/1`; `undefined` where the address says nothing of a server. */
const serverOf = ({ fullUrl, resource }: Entry): string | undefined => {
  const own = `/${resource?.resourceType}/${resource?.id}`;
  return fullUrl !== undefined && /^https?:/i.test(fullUrl) && fullUrl.endsWith(own)
    ? fullUrl.slice(0, -own.length)
    : undefined;
};

/**
 * Is it a resource of another server, by its address? Ids mean nothing outside their server. The server itself may go by
 * another name than it is asked under: by the one that stands before what was searched for.
 */
export const foreignTo = (matches: readonly Entry[], baseUrl: string): ((entry: Entry) => boolean) => {
  const own = new Set([baseUrl, ...matches.map(serverOf)]);
  return (entry) => {
    const server = serverOf(entry);
    return server !== undefined && !own.has(server);
  };
};
