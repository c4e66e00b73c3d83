import { Args, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { GraphError, validationFailed } from '../../../schema/errors.ts';
import { faultsIn } from '../../../schema/validate.ts';
import type { ChangedType, ChangeRow } from '../../../store/changes.ts';
import type { WriteRow } from '../../../store/journal.ts';
import { type HubContext, recordStub, sourceStub } from '../context.ts';
import { presentWrite, type WriteView } from '../writes/present.ts';
import { Write } from '../writes/types.ts';
import { CHANGED_ARGS, SettledArgs } from './arguments.ts';
import { follow } from './follow.ts';
import { findRows, settled } from './settled.ts';
import type { Tail } from './tail.ts';
import { CHANGE, recordField } from './types.ts';
import { wantedOf } from './wanted.ts';

/** What type-graphql hands to the beginning of a subscription: arguments as they came, which it does not check. */
interface Beginning {
  readonly args: object;
  readonly context: HubContext;
}

/** The events' own arguments were checked when the subscription began. */
const UNCHECKED = { validateFn: () => undefined } as const;

/** @throws GraphError FORBIDDEN where there is no log of changes */
const tailOf = ({ tail }: HubContext): Tail => {
  if (tail === undefined)
    throw new GraphError('FORBIDDEN', {
      message: 'Changes need a database that all processes share: set DATABASE_URL.',
    });
  return tail;
};

const changed = async (type: ChangedType, { args, context }: Beginning): Promise<AsyncIterable<ChangeRow>> => {
  const tail = tailOf(context);
  const { wanted, after } = await wantedOf(type, CHANGED_ARGS[type], args, context);
  return follow({ tail, wanted, after, signal: context.operation.signal });
};

/** A change as the graph shows it: keys alone, the rest comes from the record's owner. */
const presentChange = (row: ChangeRow, context: HubContext): object => {
  const source = context.sources.find(({ id }) => id === row.source);
  if (source === undefined) throw new GraphError('NOT_FOUND');
  const { cursor, at, cause, kind, type, key } = row;
  const stub = recordStub(source, type, key);
  const record = kind === 'DELETED' ? null : stub;
  return { cursor, at, cause, kind, recordId: stub.id, source: sourceStub(source), [recordField(type)]: record };
};

const DESCRIPTION =
  'as soon as they are noticed, whoever made them. Each comes once; what was missed while away comes first with `after`.';

const resolverOf = (type: ChangedType): (new () => object) => {
  @Resolver()
  class ChangeResolver {
    @Subscription(() => CHANGE[type], {
      name: `${recordField(type)}Changed`,
      description: `Changes of ${recordField(type)}s, ${DESCRIPTION}`,
      subscribe: (beginning) => changed(type, beginning as Beginning),
    })
    tell(@Root() row: ChangeRow, @Args(() => CHANGED_ARGS[type], UNCHECKED) _args: object, @Ctx() context: HubContext) {
      return presentChange(row, context);
    }
  }
  return ChangeResolver;
};

const writesSettled = async ({ args, context }: Beginning): Promise<AsyncIterable<WriteRow>> => {
  const asked = Object.assign(new SettledArgs(), args);
  const issues = await faultsIn(asked);
  if (issues.length > 0) throw validationFailed(issues);
  const rows = await findRows(asked.ids, context);
  return settled([...new Set(rows.map(({ id }) => id))], context);
};

@Resolver()
class SettledResolver {
  @Subscription(() => Write, {
    description: 'Each of these writes once: when it is settled, or at once if it is. Then the stream ends.',
    subscribe: (beginning) => writesSettled(beginning as Beginning),
  })
  writeSettled(
    @Root() row: WriteRow,
    @Args(() => SettledArgs, UNCHECKED) _args: SettledArgs,
    @Ctx() context: HubContext,
  ): WriteView {
    return presentWrite(row, context);
  }
}

/** Every subscription of the graph. */
export const CHANGE_RESOLVERS: readonly (new () => object)[] = [
  ...(Object.keys(CHANGE) as ChangedType[]).map(resolverOf),
  SettledResolver,
];

/** Names an event: the same one is the same, whoever is told of it. */
export const eventKey = (event: ChangeRow | WriteRow): string =>
  'cursor' in event ? event.cursor : `${event.id} ${event.settledAt ?? ''}`;
