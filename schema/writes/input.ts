import { Field, InputType, Int } from 'type-graphql';
import { Form, Must } from './rules.ts';

/** Milliseconds that a mutation waits for its write unless it says otherwise, and the most that it may wait. */
export const DEFAULT_WAIT_MS = 5_000;
export const LONGEST_WAIT_MS = 20_000;

/** What every mutation's input carries besides what is to be written. */
@InputType()
export abstract class WriteInput {
  @Field(() => String, {
    description:
      'Made by the client, 8 to 200 printable ASCII characters, new for every new intent. The same key with the same input never writes twice: it gives the first result. Keys are kept for 7 days.',
  })
  @Form('key', /^[\x20-\x7e]{8,200}$/, 'Must be 8 to 200 printable ASCII characters.')
  idempotencyKey!: string;
  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_WAIT_MS,
    description:
      'Milliseconds to wait for the vendor, 0 to 20000. What is not settled by then is WritePending, and goes on.',
  })
  @Must<number>('range', `Must be 0 to ${LONGEST_WAIT_MS} milliseconds.`, (ms) => ms >= 0 && ms <= LONGEST_WAIT_MS)
  waitMs?: number | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Rehearses: checks everything and shows in `wouldSend` what would be sent, but writes nothing. The key stays free.',
  })
  dryRun?: boolean | null;
}

/** `ifVersion` of changes. */
export const VERSION_DESCRIPTION =
  '`meta.versionId` of the record that the change is meant for; when the vendor has another one, the answer is VersionConflict.';
