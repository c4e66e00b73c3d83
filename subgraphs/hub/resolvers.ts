import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Vendor } from '../../schema/enums.ts';
import { ERRORS, type GraphError, validationFailed } from '../../schema/errors.ts';
import { given } from '../../schema/given.ts';
import { type GatherKind, type GatherRequest, readRequest, type SourceHits, writeRequest } from '../../schema/hits.ts';
import type { SourceId } from '../../schema/ids.ts';
import { Node } from '../../schema/values.ts';
import { GatherAppointmentsArgs, GatherClaimsArgs, GatherPatientsArgs, NodesArgs } from './arguments.ts';
import { type HubContext, type Stub, sourceStub, sourcesAsked, stubOf } from './context.ts';
import { merge } from './merge.ts';
import { type connections, FAMILY, SourceError } from './types.ts';
import { findWrite } from './writes/find.ts';
import { isWriteId } from './writes/ids.ts';
import type { WriteView } from './writes/present.ts';

const optional = { nullable: true } as const;

/** Ids inside a search must be ids of their type at a source that exists, or nothing is asked at all. */
const checkIds = (search: Readonly<Record<string, unknown>>, context: HubContext): void => {
  const issues = (['Practitioner', 'Location'] as const).flatMap((type) => {
    const argument = `${type.toLowerCase()}s`;
    return ((search[argument] ?? []) as readonly string[]).flatMap((id, i) => {
      try {
        stubOf(id, context, type);
        return [];
      } catch {
        return [{ path: ['search', argument, String(i)], rule: 'id', message: `Must be the id of a ${type}.` }];
      }
    });
  });
  if (issues.length > 0) throw validationFailed(issues);
};

const scopeOf = ({ kind, search, sources }: Pick<GatherRequest, 'kind' | 'search' | 'sources'>): string =>
  `${kind}/${JSON.stringify([search, sources])}`;

const gather = (
  kind: GatherKind,
  args: GatherPatientsArgs | GatherAppointmentsArgs | GatherClaimsArgs,
  context: HubContext,
) => {
  const search: Readonly<Record<string, unknown>> = given(args.search);
  checkIds(search, context);
  const sources = sourcesAsked(args.sources, context);
  const positions =
    args.after === null || args.after === undefined
      ? {}
      : (context.cursors.read(scopeOf({ kind, search, sources }), args.after) as Record<string, string>);
  return { request: writeRequest({ kind, search, sources, first: args.first ?? 20, positions }) };
};

const nodeOf = (id: string, context: HubContext): Stub | Promise<WriteView> =>
  isWriteId(id) ? findWrite(id, context) : stubOf(id, context);

@Resolver()
export class HubQueries {
  @Query(() => Node, { ...optional, description: 'Any record, source or write by its id.' })
  node(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Stub | Promise<WriteView> {
    return nodeOf(id, context);
  }

  @Query(() => [Node], { nullable: 'items', description: 'As `node`, in the order of the ids, at most 100.' })
  nodes(
    @Args(() => NodesArgs) { ids }: NodesArgs,
    @Ctx() context: HubContext,
  ): Promise<readonly (Stub | WriteView | Error)[]> {
    return Promise.all(
      ids.map(async (id) => {
        try {
          return await nodeOf(id, context);
        } catch (thrown) {
          return thrown as GraphError;
        }
      }),
    );
  }

  @Query(() => FAMILY.Source as never, optional)
  source(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Stub {
    return stubOf(id, context, 'Source');
  }

  @Query(() => [FAMILY.Source as never])
  sources(
    @Arg('vendors', () => [Vendor], optional) vendors: readonly Vendor[] | null | undefined,
    @Ctx() context: HubContext,
  ): readonly Stub[] {
    return context.sources.filter(({ vendor }) => vendors?.includes(vendor) ?? true).map(sourceStub);
  }

  @Query(() => FAMILY.Patient as never, optional)
  patient(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Stub {
    return stubOf(id, context, 'Patient');
  }

  @Query(() => FAMILY.Appointment as never, optional)
  appointment(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Stub {
    return stubOf(id, context, 'Appointment');
  }

  @Query(() => FAMILY.Observation as never, optional)
  observation(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Stub {
    return stubOf(id, context, 'Observation');
  }

  @Query(() => FAMILY.Claim as never, optional)
  claim(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Stub {
    return stubOf(id, context, 'Claim');
  }
}

/** The three searches over vendors, with the connection types that know the vendors at hand. */
export const gatherQueries = (types: ReturnType<typeof connections>) => {
  @Resolver()
  class GatherQueries {
    @Query(() => types.Patient, { description: 'Patients of all sources, by family name, given name and birth date.' })
    patients(@Args(() => GatherPatientsArgs) args: GatherPatientsArgs, @Ctx() context: HubContext) {
      return gather('patients', args, context);
    }
    @Query(() => types.Appointment, { description: 'Appointments of all sources, by start.' })
    appointments(@Args(() => GatherAppointmentsArgs) args: GatherAppointmentsArgs, @Ctx() context: HubContext) {
      return gather('appointments', args, context);
    }
    @Query(() => types.Claim, { description: 'Claims of all sources, by first day of service.' })
    claims(@Args(() => GatherClaimsArgs) args: GatherClaimsArgs, @Ctx() context: HubContext) {
      return gather('claims', args, context);
    }
  }
  return GatherQueries;
};

type ConnectionRoot = { readonly request: string } & Readonly<Record<string, readonly SourceHits[] | null | undefined>>;

const unreachable = (source: SourceId): SourceHits => ({
  source,
  hits: [],
  hasNextPage: false,
  freshness: 'LIVE',
  durationMs: 0,
  error: { code: 'SOURCE_UNAVAILABLE', message: ERRORS.SOURCE_UNAVAILABLE.message },
});

/** Every asked source's answer, in the order asked; a vendor whose subgraph gave none is unavailable, not absent. */
const answersOf = (root: ConnectionRoot, request: GatherRequest, context: HubContext): readonly SourceHits[] => {
  const told = new Map<string, SourceHits>();
  for (const field of new Set(context.sources.map(({ hitsField }) => hitsField)))
    for (const answer of root[field] ?? []) told.set(answer.source, answer);
  return request.sources.map((id) => told.get(id) ?? unreachable(id));
};

const mergedOf = (root: ConnectionRoot, context: HubContext) => {
  const known = context.merged.get(root);
  if (known !== undefined) return known;
  const request = readRequest(root.request);
  const answers = answersOf(root, request, context);
  const result = { answers, merged: merge(request, answers) };
  context.merged.set(root, result);
  return result;
};

const cursorOf = (root: ConnectionRoot, positions: Readonly<Record<string, string>>, context: HubContext): string =>
  context.cursors.write(scopeOf(readRequest(root.request)), positions);

/** Fields of one connection type. */
export const connectionResolver = (type: new () => object) => {
  @Resolver(() => type)
  class ConnectionResolver {
    @FieldResolver()
    nodes(@Root() root: ConnectionRoot, @Ctx() context: HubContext): readonly Stub[] {
      return mergedOf(root, context).merged.hits.map(({ id }) => stubOf(id, context));
    }
    @FieldResolver()
    edges(@Root() root: ConnectionRoot, @Ctx() context: HubContext) {
      return mergedOf(root, context).merged.hits.map(({ id, positions }) => ({
        node: stubOf(id, context),
        cursor: cursorOf(root, positions, context),
      }));
    }
    @FieldResolver()
    pageInfo(@Root() root: ConnectionRoot, @Ctx() context: HubContext) {
      const { hits, hasNextPage } = mergedOf(root, context).merged;
      const last = hits.at(-1);
      return { hasNextPage, endCursor: last === undefined ? null : cursorOf(root, last.positions, context) };
    }
    @FieldResolver()
    outcomes(@Root() root: ConnectionRoot, @Ctx() context: HubContext) {
      return mergedOf(root, context).answers.map((answer) => ({
        source: stubOf(answer.source, context, 'Source'),
        ok: answer.error === undefined,
        freshness: answer.freshness,
        durationMs: answer.durationMs,
        totalCount: answer.totalCount ?? null,
        error: answer.error === undefined ? null : Object.assign(new SourceError(), answer.error),
      }));
    }
  }
  return ConnectionResolver;
};
