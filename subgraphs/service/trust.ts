import { jwtVerify } from 'jose';
import { z } from 'zod';
import type { Caller } from '../../schema/context.ts';
import { sourceId } from '../../schema/ids.ts';

/** Seconds by which the gateway's clock may differ from this one. */
const CLOCKS_DIFFER = 5;

/** Milliseconds that an operation may have left, whatever the token says: ten minutes. */
const LONGEST_OPERATION = 600_000;

/** What the gateway says about an operation. */
export interface Claims {
  readonly id: string;
  readonly caller: Caller;
  readonly startedAt: number;
  readonly deadline: number;
  readonly explain: boolean;
  /** Milliseconds that were left when the token was made. */
  readonly remaining: number;
}

const claims = z.object({
  jti: z.string().min(1).max(200),
  caller: z.object({
    subject: z.string(),
    scopes: z.array(z.string()),
    patient: z.string().optional(),
    sources: z.union([z.literal('all'), z.array(z.string().transform(sourceId))]),
  }),
  startedAt: z.number(),
  deadline: z.number(),
  explain: z.boolean(),
  remaining: z.number().min(0),
});

/** Knows the contexts that this deployment's gateway signed. */
export class Trust {
  readonly #key: Uint8Array;
  readonly #now: () => number;

  constructor(secret: string, now: () => number) {
    this.#key = new TextEncoder().encode(secret);
    this.#now = now;
  }

  /** What a token says; nothing when it is not the gateway's, or not valid any more. */
  async read(token: string): Promise<Claims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        currentDate: new Date(this.#now()),
        clockTolerance: CLOCKS_DIFFER,
        requiredClaims: ['exp', 'jti'],
      });
      const { jti: id, caller, remaining, ...rest } = claims.parse(payload);
      const { patient, ...others } = caller;
      return {
        id,
        caller: { ...others, ...(patient === undefined ? {} : { patient }) },
        ...rest,
        remaining: Math.min(remaining, LONGEST_OPERATION),
      };
    } catch {
      return undefined;
    }
  }
}
