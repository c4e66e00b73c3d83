import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element with its namespace resolved, so that prefixes do not matter. */
export interface Element {
  readonly name: string;
  readonly namespace: string;
  /** As written, prefixes included. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

type Scope = Readonly<Record<string, string>>;

/** Thrown inside for what the parser lets pass and XML does not. */
class IllFormed extends Error {
  override readonly name = 'IllFormed';
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** What XML 1.0 does not allow, neither written out nor by its number. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const HIGHEST = 0x10_ffff;

const decoded = (text: string): string =>
  text.replace(/&(?:#(?<decimal>\d+);|#x(?<hex>[0-9A-Fa-f]+);|(?<name>\w+);)?/g, (_whole, ...found: unknown[]) => {
    const { decimal, hex, name } = found.at(-1) as Readonly<Record<string, string | undefined>>;
    const named = name === undefined ? undefined : ENTITIES[name];
    if (named !== undefined) return named;
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const character = point <= HIGHEST ? String.fromCodePoint(point) : '';
    if (character === '' || FORBIDDEN.test(character)) throw new IllFormed('no such reference');
    return character;
  });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Blanks of an attribute that are written out are spaces; those written by number stay. */
const attributeText = (value: unknown): string => decoded(String(value).replace(/[\t\n\r]/g, ' '));

const attributesOf = (node: Readonly<Record<string, unknown>>): Record<string, string> => {
  const found = node[':@'];
  return isRecord(found)
    ? Object.fromEntries(Object.entries(found).map(([name, value]) => [name, attributeText(value)]))
    : {};
};

const inner = (scope: Scope, attributes: Readonly<Record<string, string>>): Scope => ({
  ...scope,
  ...Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'))
      .map(([name, uri]) => [name === 'xmlns' ? '' : name.slice('xmlns:'.length), uri]),
  ),
});

/** A CDATA section stands as it is; in other text references are read. */
const textOf = (node: unknown): string => {
  if (!isRecord(node)) return '';
  if ('#cdata' in node) return Array.isArray(node['#cdata']) ? node['#cdata'].map(rawText).join('') : '';
  return decoded(rawText(node));
};

const rawText = (node: unknown): string => (isRecord(node) && '#text' in node ? String(node['#text']) : '');

const toElement = (node: unknown, outer: Scope): Element | undefined => {
  if (!isRecord(node)) return undefined;
  const tag = Object.keys(node).find((key) => key !== ':@' && !key.startsWith('#') && !key.startsWith('?'));
  if (tag === undefined) return undefined;
  const attributes = attributesOf(node);
  const scope = inner(outer, attributes);
  const content: readonly unknown[] = Array.isArray(node[tag]) ? node[tag] : [];
  const [local = '', prefix = ''] = tag.split(':').reverse();
  return {
    name: local,
    namespace: scope[prefix] ?? '',
    attributes,
    children: content.map((child) => toElement(child, scope)).filter((child) => child !== undefined),
    text: content.map(textOf).join(''),
  };
};

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  cdataPropName: '#cdata',
});

/** Reads a document; undefined when it is not well-formed or brings a document type, which WCF refuses. */
export const readXml = (text: string): Element | undefined => {
  if (FORBIDDEN.test(text) || /<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) return undefined;
  const nodes: unknown = parser.parse(text);
  try {
    const roots = Array.isArray(nodes)
      ? nodes.map((node) => toElement(node, {})).filter((root) => root !== undefined)
      : [];
    return roots.length === 1 ? roots[0] : undefined;
  } catch (error) {
    if (error instanceof IllFormed) return undefined;
    throw error;
  }
};

/** The child of that name and namespace. */
export const child = (element: Element | undefined, namespace: string, name: string): Element | undefined =>
  element?.children.find((one) => one.name === name && one.namespace === namespace);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** Text as it may stand in an element or an attribute. */
export const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (sign) => ESCAPES[sign] ?? sign);
