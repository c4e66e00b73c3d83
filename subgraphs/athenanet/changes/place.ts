import { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import { Id, Reference } from '../payload/scalars.ts';

/** A record that waited to be told when the vendor was asked last, and whose it is. */
const Waiting = z.object({ key: Id, patient: Reference });
export type Waiting = z.output<typeof Waiting>;

/**
 * Where a feed was read to. `settled`: everything that was taken from the vendor's queue is told. `taking`: from this
 * place on the queue may be taken from, once or several times, with or without an answer: nothing of it is told yet.
 */
const Place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('settled') }),
  z.object({
    kind: z.literal('taking'),
    waiting: z.array(Waiting).readonly(),
    /** The vendor's newest stamp among what waited, as an instant: nothing was taken from this place on before it. */
    since: z.iso.datetime().optional(),
    /** Whether there was more than was looked at. */
    more: z.boolean(),
  }),
]);
export type Place = z.output<typeof Place>;
export type Taking = Extract<Place, { readonly kind: 'taking' }>;

export const SETTLED = JSON.stringify({ kind: 'settled' } satisfies Place);

export const writePlace = (place: Place): string => JSON.stringify(place);

/** @throws GraphError SOURCE_UNAVAILABLE for what is no place of these feeds */
export const readPlace = (text: string, source: string): Place => {
  try {
    return Place.parse(JSON.parse(text));
  } catch {
    throw new GraphError('SOURCE_UNAVAILABLE', { source, message: 'The place of a feed of changes cannot be read.' });
  }
};
