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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const attributesOf = (node: Readonly<Record<string, unknown>>): Record<string, string> => {
  const found = node[':@'];
  return isRecord(found) ? Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value)])) : {};
};

const inner = (scope: Scope, attributes: Readonly<Record<string, string>>): Scope => ({
  ...scope,
  ...Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'))
      .map(([name, uri]) => [name === 'xmlns' ? '' : name.slice('xmlns:'.length), uri]),
  ),
});

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
    text: content.map((child) => (isRecord(child) && '#text' in child ? String(child['#text']) : '')).join(''),
  };
};

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: true,
  htmlEntities: false,
});

/** Reads a document; undefined when it is not well-formed or brings a document type, which WCF refuses. */
export const readXml = (text: string): Element | undefined => {
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) return undefined;
  const nodes: unknown = parser.parse(text);
  const roots = Array.isArray(nodes)
    ? nodes.map((node) => toElement(node, {})).filter((root) => root !== undefined)
    : [];
  return roots.length === 1 ? roots[0] : undefined;
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
