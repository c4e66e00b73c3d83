import type { Address as FhirAddressOut } from '@medplum/fhirtypes';
import { EmailAddressScalar } from '../../../schema/scalars.ts';
import type { Address, ContactPoint, HumanName } from '../../../schema/values.ts';
import { toE164 } from '../../vendor/phone.ts';
import type { FhirAddress, FhirContactPoint, FhirName } from '../elements.ts';
import type { MappingContext } from './context.ts';
import { hasEnded, toInt } from './datatypes.ts';

/** Smaller is preferred; what is not in the table is never the one to use. */
const NAME_USES: Readonly<Record<string, number>> = {
  official: 0,
  usual: 1,
  '': 2,
  temp: 3,
  nickname: 4,
  anonymous: 5,
};
const ADDRESS_USES: Readonly<Record<string, number>> = { home: 0, '': 1, temp: 2, work: 3, billing: 4 };
const TELEPHONES: ReadonlySet<string> = new Set(['phone', 'sms', 'fax', 'pager']);
const EXTENSION_NUMBER = /(?:ext\.?|x|#)\s*\d+\s*$/i;
/** Where a rank is not given. */
const UNRANKED = Number.MAX_SAFE_INTEGER;

interface Dated {
  readonly use?: string | undefined;
  readonly period?: FhirName['period'];
}

const isCurrent = (one: Dated, { asOf, zone }: MappingContext): boolean =>
  one.use !== 'old' && !hasEnded(one.period, asOf, zone);

/** The one with the smallest rank; the first of several. */
const best = <T>(candidates: readonly T[], rank: (one: T) => number | undefined): T | undefined =>
  candidates
    .map((one) => ({ one, at: rank(one) }))
    .filter((entry): entry is { one: T; at: number } => entry.at !== undefined)
    .sort((one, other) => one.at - other.at)[0]?.one;

/** The name to use: official, then usual; never an old, ended or maiden one. */
export const chooseName = (names: readonly FhirName[], context: MappingContext): FhirName | undefined =>
  best(
    names.filter((name) => isCurrent(name, context)),
    ({ use }) => NAME_USES[use ?? ''],
  );

export const toName = ({ use, prefix, given, family, suffix, text }: FhirName): HumanName => ({
  use: use ?? null,
  prefix: prefix.join(' ') || null,
  given,
  family: family ?? null,
  suffix: suffix.join(' ') || null,
  text: text ?? null,
});

/** A name in one line, as people write it. */
export const toFullName = ({ text, prefix, given, family, suffix }: FhirName): string | undefined =>
  text ??
  ([...prefix, ...given, family, ...suffix].filter((part) => part !== undefined && part !== '').join(' ') || undefined);

/** The address to use now: home before others, a place before a post box. */
export const chooseAddress = (addresses: readonly FhirAddress[], context: MappingContext): FhirAddress | undefined =>
  best(
    addresses.filter((address) => isCurrent(address, context)),
    ({ use, type }) => {
      const byUse = ADDRESS_USES[use ?? ''];
      return byUse === undefined ? undefined : byUse * 2 + (type === 'postal' ? 1 : 0);
    },
  );

/** An address that is only written as a text has it as its first line. */
export const toAddress = ({ use, text, line, city, state, postalCode, country }: FhirAddress): Address => {
  const isText = line.length === 0 && city === undefined && postalCode === undefined;
  return {
    use: use ?? null,
    line1: line[0] ?? (isText ? text : undefined) ?? null,
    line2: line.slice(1).join(', ') || null,
    city: city ?? null,
    state: state ?? null,
    postalCode: postalCode ?? null,
    country: country ?? null,
  };
};

/** The inverse of `toAddress`. */
export const fromAddress = (address: Address): FhirAddressOut => {
  const line = [address.line1, address.line2].filter((one) => one != null && one !== '') as string[];
  return {
    use: (address.use ?? 'home') as NonNullable<FhirAddressOut['use']>,
    ...(line.length === 0 ? {} : { line }),
    ...(address.city == null ? {} : { city: address.city }),
    ...(address.state == null ? {} : { state: address.state }),
    ...(address.postalCode == null ? {} : { postalCode: address.postalCode }),
    ...(address.country == null ? {} : { country: address.country }),
  };
};

/** A number with an extension stays as it is written: E.164 has no place for the extension. */
const toValue = (system: string | undefined, value: string): string =>
  TELEPHONES.has(system ?? '') && !EXTENSION_NUMBER.test(value) ? (toE164(value) ?? value) : value;

/** Those that say how to reach somebody: a contact point without a value is a gap in the record. */
export const toTelecoms = (telecoms: readonly FhirContactPoint[]): readonly ContactPoint[] =>
  telecoms.flatMap(({ system, value, use, rank }) =>
    value === undefined
      ? []
      : [{ system: system ?? 'other', value: toValue(system, value), use: use ?? null, rank: toInt(rank) ?? null }],
  );

/** The current ones that can be used, the best ranked first. */
const inUse = (
  telecoms: readonly FhirContactPoint[],
  context: MappingContext,
  fits: (telecom: FhirContactPoint) => boolean,
): readonly FhirContactPoint[] =>
  telecoms
    .filter((telecom) => isCurrent(telecom, context) && fits(telecom))
    .sort((one, other) => (one.rank ?? UNRANKED) - (other.rank ?? UNRANKED));

/** The numbers for this use that can be numbers, the best ranked first. */
export const phonesFor = (
  telecoms: readonly FhirContactPoint[],
  use: 'home' | 'mobile',
  context: MappingContext,
): readonly FhirContactPoint[] =>
  inUse(
    telecoms,
    context,
    (one) => one.use === use && (one.system === 'phone' || one.system === 'sms') && toE164(one.value) !== undefined,
  );

/** The e-mail addresses that can be addresses, the best ranked first. */
export const emailsOf = (telecoms: readonly FhirContactPoint[], context: MappingContext): readonly FhirContactPoint[] =>
  inUse(telecoms, context, ({ system, value }) => system === 'email' && toEmail(value) !== undefined);

/** The number to call for this use, in E.164. */
export const choosePhone = (
  telecoms: readonly FhirContactPoint[],
  use: 'home' | 'mobile',
  context: MappingContext,
): string | undefined => toE164(phonesFor(telecoms, use, context)[0]?.value);

/** The e-mail address to use, its domain in small letters. */
export const chooseEmail = (telecoms: readonly FhirContactPoint[], context: MappingContext): string | undefined =>
  toEmail(emailsOf(telecoms, context)[0]?.value);

const toEmail = (raw: string | undefined): string | undefined => {
  if (raw === undefined) return undefined;
  const address = raw.trim().replace(/@[^@]*$/, (domain) => domain.toLowerCase());
  try {
    return EmailAddressScalar.parseValue(address) as string;
  } catch {
    return undefined;
  }
};
