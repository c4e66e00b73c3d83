import { z } from 'zod';
import { Wish } from './wishes.ts';

const Held = Wish.extend({
  id: z.string(),
  /** The number of the event up to which all were told; absent: not known yet. */
  upTo: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  /** When we last wrote it, milliseconds since 1970. */
  written: z.number(),
});
/** A subscription that we have. */
export type Held = z.output<typeof Held>;

const Place = z.object({
  /** When the server was asked what it offers. */
  asked: z.number(),
  wishes: z.array(Wish).readonly(),
  held: z.array(Held).readonly(),
  /** A digest of the secret that our subscriptions were given. */
  secret: z.string(),
  /** When events were last caught up with. */
  checked: z.number(),
});
/** What we have of a server's subscriptions, and how far it has told. Times are of our clock. */
export type Place = z.output<typeof Place>;

export const readPlace = (text: string): Place => Place.parse(JSON.parse(text));
export const writePlace = (place: Place): string => JSON.stringify(place);
