import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import { list, opt, text } from './elements.ts';

const Bundle = z.object({
  resourceType: z.literal('Bundle'),
  link: list(z.object({ relation: text, url: text })),
  entry: list(
    z.object({ resource: opt(z.looseObject({ resourceType: z.string() })), search: opt(z.object({ mode: text })) }),
  ),
});
export type Bundle = z.output<typeof Bundle>;

/** @throws GraphError BAD_VENDOR_ANSWER when it is not a bundle. */
export const toBundle = (raw: unknown, source: string): Bundle => {
  const parsed = Bundle.safeParse(raw);
  if (!parsed.success) throw new GraphError('BAD_VENDOR_ANSWER', { source });
  return parsed.data;
};
