import type { ZodType } from 'zod';
import { GraphError } from '../../../schema/errors.ts';

/** A place as its feed wrote it. @throws GraphError VALIDATION for any other text: nothing is begun anew unasked. */
export const readPlace = <T>(shape: ZodType<T>, place: string): T => {
  try {
    return shape.parse(JSON.parse(place));
  } catch (cause) {
    throw new GraphError('VALIDATION', { message: 'This is no place of the feed.', cause });
  }
};
