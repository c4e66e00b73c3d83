import type { Kysely, RawBuilder } from 'kysely';
import type { Bell } from './bell.ts';
import type { Tables } from './tables.ts';

/** What every log of the store stands on. */
export interface Ground {
  /** The tables, in the store's own schema. */
  readonly db: Kysely<Tables>;
  /** The database's clock, milliseconds since the epoch: it stands still during a statement. */
  readonly clock: RawBuilder<number>;
  /** This process's clock. */
  now(): number;
  /** Part of a statement that changes the row `changed.id` of `changed.source`: tells other processes when it commits. */
  readonly tell: RawBuilder<unknown>;
  /** Tells this process. */
  readonly bell: Bell;
}
