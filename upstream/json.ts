import { GraphError } from '../schema/errors.ts';

/** A JSON document, or BAD_VENDOR_ANSWER: parsers' own messages quote what they read. */
export const parseJson = (text: string, source: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphError('BAD_VENDOR_ANSWER', { source });
  }
};
