import type { Related } from '../vendor/connector.ts';
import type { Included } from './included.ts';
import { toLocation, toPractitioner } from './mapping/directory.ts';
import { replacement, toPatient } from './mapping/patient.ts';
import type { Beside } from './page.ts';
import { isSubset, partialOf, type Resource, type ResourceType } from './payload.ts';
import type { Link, Param, Profile } from './rules.ts';
import type { Service } from './service.ts';

export type Fields = ReadonlySet<string> | undefined;

/** Fields of a linked record that no answer is needed for. */
const FREE: ReadonlySet<string> = new Set(['__typename', 'id', 'source']);

/** What is selected of several lists or records together; `undefined`: it is not known of all of them. */
export const fieldsOf = (all: readonly { readonly fields?: ReadonlySet<string> }[]): Fields => {
  const known = all.flatMap(({ fields }) => fields ?? []);
  return known.length < all.length ? undefined : new Set(known.flatMap((fields) => [...fields]));
};

/** Is more wanted of a linked record than its id? Where nothing is known of the selection, it may be. */
export const wantsLink = (fields: Fields, link: Link): boolean => {
  if (fields === undefined) return true;
  const below = [...fields].filter((field) => field.startsWith(`${link}.`));
  return fields.has(link) && (below.length === 0 || below.some((field) => !FREE.has(field.slice(link.length + 1))));
};

/** The parameters that bring the wanted ones of these links along, each once. */
export const includesFor = (
  { includes }: Profile,
  type: keyof Profile['includes'],
  fields: Fields,
  links: readonly Link[],
): readonly Param[] => {
  const wanted = links.filter((link) => wantsLink(fields, link)).flatMap((link) => includes[type]?.[link] ?? []);
  return [...new Map(wanted.map((param) => [param.join(), param])).values()];
};

/** The links of a patient's own list: the patient is known mostly, and comes along only for whoever selects it there. */
export const ownLinks = (fields: Fields, ...others: readonly Link[]): readonly Link[] =>
  fields?.has('patient') === true ? ['patient', ...others] : others;

/**
 * Whole records that came along; `wanted` are those to tell, by `Type/id`. Left out: a patient who goes on under another
 * id, whose data are the survivor's, and what the server shortened without being asked to.
 */
export const relatedOf = (
  included: Included,
  service: Service,
  wanted: (name: string) => boolean = () => true,
): readonly Related[] => {
  const context = service.context();
  const whole = <T extends 'Patient' | 'Practitioner' | 'Location'>(type: T) =>
    included.readable(type, (id) => wanted(`${type}/${id}`)).filter((one) => !isSubset(one));
  return [
    ...whole('Patient')
      .filter((one) => replacement(one, context.base) === undefined)
      .map((one) => ({ type: 'Patient', record: toPatient(one, context), covers: 'all' }) as const),
    ...whole('Practitioner').map(
      (one) => ({ type: 'Practitioner', record: toPractitioner(one, context), covers: 'all' }) as const,
    ),
    ...whole('Location').map((one) => ({ type: 'Location', record: toLocation(one, context), covers: 'all' }) as const),
  ];
};

/** What came along with lists, for the page that it is told beside. */
export const besideOf = (
  rows: readonly Resource<ResourceType>[],
  included: readonly Included[],
  service: Service,
): Beside => ({
  partial: partialOf(rows),
  related: (wanted) => included.flatMap((one) => relatedOf(one, service, wanted)),
});

/** What came along with several records is told once, by the first of them that was found. */
export const withRelated = <Answer extends object | null>(
  answers: readonly Answer[],
  related: readonly Related[],
): readonly Answer[] => {
  const first = answers.findIndex((one) => one !== null && !(one instanceof Error));
  return related.length === 0 ? answers : answers.map((one, i) => (i === first ? { ...one, related } : one));
};
