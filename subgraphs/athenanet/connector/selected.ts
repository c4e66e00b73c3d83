/** Fields of a linked record that need no answer about it. */
const FREE: ReadonlySet<string> = new Set([
  'id',
  '__typename',
  'source',
  'appointments',
  'observations',
  'claims',
  'coverages',
]);

/**
 * Is anything selected of the record that a link leads to (`practitioner.name`), beyond what its id tells? `undefined`
 * when the link is selected and it is not known what for.
 */
export const selectsOf = (fields: ReadonlySet<string> | undefined, link: string): boolean | undefined => {
  if (fields === undefined) return undefined;
  const below = [...fields]
    .filter((field) => field.startsWith(`${link}.`))
    .map((field) => field.slice(link.length + 1));
  if (below.length > 0) return below.some((field) => !FREE.has(field));
  return fields.has(link) ? undefined : false;
};
