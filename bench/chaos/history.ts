import type { VendorCall } from '../../schema/context.ts';
import type { Asked } from './operations.ts';
import type { Path } from './stand.ts';

export interface AnswerError {
  readonly code: string;
  readonly source?: string;
  readonly path: Path;
}

/** One operation as its client saw it; times are of this process's monotonic clock, in milliseconds. */
export interface Entry {
  readonly asked: Asked;
  readonly at: number;
  readonly answeredAt: number;
  readonly deadline: number;
  readonly data: unknown;
  readonly errors: readonly AnswerError[];
  /** Which sources answered from what was kept, and which with older answers than usual. */
  readonly calls: readonly Pick<VendorCall, 'source' | 'cache'>[];
}
