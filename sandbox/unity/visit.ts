import type { Reply } from '../server.ts';

/** One request, read once: what the vendor calls it, and the answer when it is due. */
export interface Visit {
  readonly name: string;
  readonly answer: () => Reply;
}
