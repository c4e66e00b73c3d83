import { Directive, Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { ErrorCode, Freshness } from '../../schema/enums.ts';
import { RECORD_TYPES, type RecordType } from '../../schema/ids.ts';
import { CONNECTION_DESCRIPTION, pageTypes } from '../../schema/pages.ts';
import { HitsScalar } from '../../schema/scalars.ts';
import { Node, PageInfo } from '../../schema/values.ts';

/**
 * hub knows of every record only its id: one stub per vendor and type, by which the router finds the owner.
 * The stubs' interfaces have the same names as the full ones in `schema/records.ts`, and only `id`.
 */
type Family = RecordType | 'Source';
const FAMILIES: readonly Family[] = [...RECORD_TYPES, 'Source'];
type Class = abstract new () => object;

const familyInterface = (name: Family): Class => {
  @InterfaceType(name, {
    implements: Node,
    autoRegisterImplementations: false,
    resolveType: (value: unknown) => (value as { __typename: string }).__typename,
  })
  abstract class Stub extends Node {}
  return Stub;
};

const stub = (name: string, family: Class): (new () => object) => {
  @ObjectType(name, { implements: family })
  @Directive('@key(fields: "id", resolvable: false)')
  class VendorStub extends (family as new () => Node) {}
  return VendorStub;
};

const interfaces = Object.fromEntries(FAMILIES.map((name) => [name, familyInterface(name)])) as Record<Family, Class>;

/** The stub types of one vendor. */
export const vendorStubs = (prefix: string): readonly (new () => object)[] =>
  FAMILIES.map((name) => stub(`${prefix}${name}`, interfaces[name]));

export const FAMILY = interfaces;

@ObjectType({ description: 'Why a source has no answer.' })
export class SourceError {
  @Field(() => ErrorCode)
  code!: ErrorCode;
  @Field(() => String)
  message!: string;
  @Field(() => Int, { nullable: true })
  retryAfterSeconds?: number | null;
}

@ObjectType({ description: 'How one source answered a search over sources.' })
export class SourceOutcome {
  @Field(() => interfaces.Source as never)
  source!: object;
  @Field(() => Boolean)
  ok!: boolean;
  @Field(() => Freshness)
  freshness!: Freshness;
  @Field(() => Int)
  durationMs!: number;
  @Field(() => Int, { nullable: true, description: 'How many it has in all, where the vendor says so.' })
  totalCount?: number | null;
  @Field(() => SourceError, { nullable: true })
  error?: SourceError | null;
}

/** A connection over the records of one type; every vendor contributes its hits, hub merges them. */
const connection = (type: 'Patient' | 'Appointment' | 'Claim', hitsFields: readonly string[]) => {
  const { Edge } = pageTypes(type, interfaces[type]);
  const requires = `@requires(fields: "${hitsFields.join(' ')}")`;

  @ObjectType(`${type}Connection`, {
    description: CONNECTION_DESCRIPTION,
  })
  @Directive('@key(fields: "request")')
  class Connection {
    @Field(() => ID)
    @Directive('@inaccessible')
    request!: string;
    @Field(() => [Edge])
    @Directive(requires)
    edges!: readonly object[];
    @Field(() => [interfaces[type] as never])
    @Directive(requires)
    nodes!: readonly object[];
    @Field(() => PageInfo)
    @Directive(requires)
    pageInfo!: PageInfo;
    @Field(() => [SourceOutcome])
    @Directive(requires)
    outcomes!: readonly SourceOutcome[];
  }
  for (const name of hitsFields) {
    Field(() => HitsScalar, { nullable: true })(Connection.prototype, name);
    Directive('@external')(Connection.prototype, name);
  }
  return Connection;
};

/** The three connections, over the vendors whose hits are in these fields. */
export const connections = (hitsFields: readonly string[]) => ({
  Patient: connection('Patient', hitsFields),
  Appointment: connection('Appointment', hitsFields),
  Claim: connection('Claim', hitsFields),
});
