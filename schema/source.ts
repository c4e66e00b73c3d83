import { Directive, Field, Float, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { Capability, CapabilityLevel, Vendor } from './enums.ts';
import { DateTimeScalar, TimeZoneScalar } from './scalars.ts';
import { Node } from './values.ts';

const optional = { nullable: true } as const;

@ObjectType({ description: 'What can be done with one type of record at a source.' })
@Directive('@shareable')
export class SourceCapability {
  @Field(() => String)
  type!: string;
  @Field(() => Capability)
  capability!: Capability;
  @Field(() => CapabilityLevel)
  level!: CapabilityLevel;
  @Field(() => String, { ...optional, description: 'Why it is emulated or unsupported.' })
  note?: string | null;
}

@ObjectType({ description: 'How a source’s calls have gone of late, seen from this process.' })
@Directive('@shareable')
export class SourceHealth {
  @Field(() => Boolean)
  reachable!: boolean;
  @Field(() => String, { description: 'closed | open | half-open' })
  breaker!: string;
  @Field(() => Float, {
    ...optional,
    description: 'Share of failed calls, 0 to 1, over the last calls; absent before the first.',
  })
  errorRate?: number | null;
  @Field(() => Int, optional)
  p95Ms?: number | null;
  @Field(() => Int, {
    ...optional,
    description: 'Calls left today: of the source’s limit, or as the vendor counts where that is lower.',
  })
  rateLimitRemaining?: number | null;
  @Field(() => DateTimeScalar, {
    ...optional,
    description: 'When a change of one of its records was last recorded, by any process; absent when none ever was.',
  })
  lastChangeAt?: string | null;
}

@InterfaceType({
  description: 'One practice’s connection to one vendor system: the tenant.',
  implements: Node,
  autoRegisterImplementations: false,
  resolveType: (value: unknown) => (value as { __typename: string }).__typename,
})
export abstract class Source extends Node {
  __typename!: string;
  @Field(() => ID, { description: 'As configured; the first part of the ids of its records.' })
  declare id: string;
  @Field(() => String)
  name!: string;
  @Field(() => Vendor)
  vendor!: Vendor;
  @Field(() => TimeZoneScalar)
  timeZone!: string;
  @Field(() => [SourceCapability])
  capabilities!: readonly SourceCapability[];
}
