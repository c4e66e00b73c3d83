import { XMLBuilder } from 'fast-xml-parser';
import { instantToLocal, localToInstant } from '../../vendor/time.ts';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});

/** Named texts, in the order in which they are written. */
export type Form = Readonly<Record<string, string>>;

/** Without what is not given. Empty text stays: it takes a value away. */
export const formOf = (columns: Readonly<Record<string, string | null | undefined>>): Form =>
  Object.fromEntries(Object.entries(columns).filter((entry): entry is [string, string] => entry[1] != null));

/** The XML that stands in a parameter: an element for each text. */
export const elementsXml = (root: string, form: Form): string => builder.build({ [root]: form });

/** The same with elements of one name that hold their texts as attributes. */
export const attributesXml = (root: string, element: string, forms: readonly Form[]): string =>
  builder.build({
    [root]: {
      [element]: forms.map((form) =>
        Object.fromEntries(Object.entries(form).map(([name, text]) => [`@${name}`, text] as const)),
      ),
    },
  });

/**
 * An instant on the practice's clock, `HH:MM`. `undefined` when that clock cannot say it: within a minute, or in the
 * second run of an hour that the autumn change repeats, which would be read as the first.
 */
export const toClock = (
  instant: string,
  zone: string,
): { readonly date: string; readonly time: string } | undefined => {
  const { date, time } = instantToLocal(instant, zone);
  const minute = time.slice(0, 5);
  return Date.parse(localToInstant(date, minute, zone)) === Date.parse(instant) ? { date, time: minute } : undefined;
};
