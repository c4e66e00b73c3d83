import type { Coverage } from '../../../schema/values.ts';
import type { Included } from '../included.ts';
import { findContained, type Resource } from '../payload.ts';
import { toTarget } from '../reference.ts';
import type { MappingContext } from './context.ts';
import { hasCoding, toPeriod, toWords } from './datatypes.ts';
import { chooseName, toFullName } from './person.ts';

const GROUP: ReadonlySet<string> = new Set(['group']);
const MEMBER_NUMBER: ReadonlySet<string> = new Set(['MB']);
/** The only state in which a coverage is one: cancelled, draft and retracted ones are no insurance of the patient. */
export const isInForce = ({ status }: Resource<'Coverage'>): boolean => status === undefined || status === 'active';

/** `included`: payers and subscribers that came along, since a coverage mostly names them by reference only. */
export const toCoverage = (coverage: Resource<'Coverage'>, included: Included, context: MappingContext): Coverage => ({
  payer: payerOf(coverage, included, context) ?? null,
  memberId:
    coverage.subscriberId ?? coverage.identifier.find(({ type }) => hasCoding(type, MEMBER_NUMBER))?.value ?? null,
  groupNumber: coverage.class.find(({ type }) => hasCoding(type, GROUP))?.value ?? null,
  subscriber: subscriberOf(coverage, included, context) ?? null,
  relationship: coverage.relationship?.coding[0]?.code ?? toWords(coverage.relationship) ?? null,
  period: toPeriod(coverage.period, context.zone) ?? null,
});

export const beneficiaryOf = ({ beneficiary }: Resource<'Coverage'>, { base }: MappingContext): string | undefined => {
  const target = toTarget(beneficiary?.reference, base);
  return target?.type === 'Patient' ? target.id : undefined;
};

const payerOf = (
  { payor, contained }: Resource<'Coverage'>,
  included: Included,
  { base }: MappingContext,
): string | undefined =>
  payor
    .map(({ display, reference }) => {
      const target = toTarget(reference, base);
      return (
        display ??
        findContained('Organization', contained, reference)?.name ??
        (target?.type === 'Organization' ? included.get('Organization', target.id)?.name : undefined)
      );
    })
    .find((name) => name !== undefined);

const subscriberOf = (
  { subscriber }: Resource<'Coverage'>,
  included: Included,
  context: MappingContext,
): string | undefined => {
  if (subscriber?.display !== undefined) return subscriber.display;
  const target = toTarget(subscriber?.reference, context.base);
  const person =
    target?.type === 'Patient'
      ? included.get('Patient', target.id)
      : target?.type === 'RelatedPerson'
        ? included.get('RelatedPerson', target.id)
        : undefined;
  const name = person === undefined ? undefined : chooseName(person.name, context);
  return name === undefined ? undefined : toFullName(name);
};

/** Is everything there that the coverage names by reference only, as far as this server can tell it? */
export const isTold = (coverage: Resource<'Coverage'>, included: Included, context: MappingContext): boolean => {
  const named = [...coverage.payor, coverage.subscriber].filter(
    (one) => one !== undefined && one.display === undefined,
  );
  return named.every((one) => {
    const target = toTarget(one?.reference, context.base);
    return target === undefined || included.has(target.type, target.id);
  });
};
