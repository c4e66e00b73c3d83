import type { Base } from '../reference.ts';

/** What a mapping must know besides the resource itself. */
export interface MappingContext {
  readonly base: Base;
  /** The source's zone: of times without an offset, and of days. */
  readonly zone: string;
  /** The instant at which names, addresses and numbers must be valid to be the ones to use. */
  readonly asOf: string;
  /** The practice's own laboratory codes, each with its LOINC code. */
  readonly labCodes: Readonly<Record<string, string>>;
}
