import { Field, ID, ObjectType } from 'type-graphql';
import { ChangeCause, ChangeKind } from '../../../schema/changes.ts';
import { DateTimeScalar } from '../../../schema/scalars.ts';
import type { ChangedType } from '../../../store/changes.ts';
import { FAMILY } from '../types.ts';

/** The name of the field that holds the record. */
export const recordField = (type: ChangedType): string => type.toLowerCase();

/** One change of a record of one type. */
const changeOf = (type: ChangedType): (new () => object) => {
  @ObjectType(`${type}Change`, {
    description: `A change of ${/^[AO]/.test(type) ? 'an' : 'a'} ${recordField(type)}. Changes of one record come in the order in which they were noticed.`,
  })
  class Change {
    @Field(() => String, { description: 'Give the last one as `after` to go on behind it: nothing is missed.' })
    cursor!: string;
    @Field(() => DateTimeScalar, { description: 'When it was noticed.' })
    at!: string;
    @Field(() => FAMILY.Source as never)
    source!: object;
    @Field(() => ChangeCause)
    cause!: ChangeCause;
    @Field(() => ChangeKind)
    kind!: ChangeKind;
    @Field(() => ID, { description: 'The id of the record, also of one that was deleted.' })
    recordId!: string;
  }
  Field(() => FAMILY[type] as never, {
    nullable: true,
    description: 'As it is now, which may be newer than the change. Null when it was deleted.',
  })(Change.prototype, recordField(type));
  return Change;
};

export const CHANGE: Readonly<Record<ChangedType, new () => object>> = {
  Patient: changeOf('Patient'),
  Appointment: changeOf('Appointment'),
  Observation: changeOf('Observation'),
  Claim: changeOf('Claim'),
};
