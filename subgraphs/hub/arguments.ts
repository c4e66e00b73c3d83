import { ArrayMaxSize, IsOptional } from 'class-validator';
import { ArgsType, Field, ID } from 'type-graphql';
import { AppointmentsArgs, ClaimsArgs, PageArgs, PatientsArgs } from '../../schema/arguments.ts';
import { WriteState } from '../../schema/enums.ts';
import { Lines } from '../../schema/writes/rules.ts';

const LARGEST_NODES = 100;
const optional = { nullable: true } as const;

const SourcesField: PropertyDecorator = (target, property) => {
  Field(() => [ID], { ...optional, description: 'Only these sources; all when absent.' })(target, property);
  IsOptional()(target, property as string);
  ArrayMaxSize(LARGEST_NODES)(target, property as string);
};

@ArgsType()
export class GatherPatientsArgs extends PatientsArgs {
  @SourcesField
  sources?: readonly string[] | null;
}

@ArgsType()
export class GatherAppointmentsArgs extends AppointmentsArgs {
  @SourcesField
  sources?: readonly string[] | null;
}

@ArgsType()
export class GatherClaimsArgs extends ClaimsArgs {
  @SourcesField
  sources?: readonly string[] | null;
}

@ArgsType()
export class NodesArgs {
  @Field(() => [ID])
  @ArrayMaxSize(LARGEST_NODES)
  ids!: readonly string[];
}

@ArgsType()
export class WritesArgs extends PageArgs {
  @Field(() => [WriteState], { ...optional, description: 'Only writes in these states; all when absent.' })
  @IsOptional()
  @ArrayMaxSize(LARGEST_NODES)
  states?: readonly WriteState[] | null;
  @SourcesField
  sources?: readonly string[] | null;
}

@ArgsType()
export class DiscardArgs {
  @Field(() => ID)
  id!: string;
  @Field(() => String, { description: 'Why, for those who read it later: 1 to 500 characters.' })
  @Lines(500)
  reason!: string;
}
