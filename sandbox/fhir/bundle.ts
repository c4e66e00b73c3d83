import { isLosslessNumber, parse, stringify } from 'lossless-json';
import type { Version } from './store.ts';

export interface Entry {
  readonly fullUrl: string;
  readonly text: string;
  readonly mode: 'match' | 'include' | 'outcome';
}

const member = (name: string, value: unknown): string => `"${name}":${JSON.stringify(value)}`;

/** A searchset with its resources as they are stored, character by character. */
export const searchset = (bundle: {
  readonly links: readonly (readonly [relation: string, url: string])[];
  readonly total: number | undefined;
  readonly entries: readonly Entry[];
  readonly entryLinks: boolean;
}): string => {
  const entries = bundle.entries.map(({ fullUrl, text, mode }) => {
    const link =
      bundle.entryLinks && mode !== 'outcome' ? `${member('link', [{ relation: 'self', url: fullUrl }])},` : '';
    return `{${link}${member('fullUrl', fullUrl)},"resource":${text},${member('search', { mode })}}`;
  });
  return `{${[
    member('resourceType', 'Bundle'),
    member('type', 'searchset'),
    member(
      'link',
      bundle.links.map(([relation, url]) => ({ relation, url })),
    ),
    ...(bundle.total === undefined ? [] : [member('total', bundle.total)]),
    ...(entries.length === 0 ? [] : [`"entry":[${entries.join(',')}]`]),
  ].join(',')}}`;
};

/** All versions of a resource, newest first. */
export const history = (base: string, versions: readonly Version[]): string => {
  const entries = versions.toReversed().map(({ type, id, versionId, text }) => {
    const [method, status] = versionId === '1' ? ['POST', '201'] : ['PUT', '200'];
    const etag = `W/"${versionId}"`;
    return `{${member('fullUrl', `${base}/${type}/${id}`)},"resource":${text},${member('request', { method, url: `${type}/${id}` })},${member('response', { status, etag })}}`;
  });
  const list = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `{"resourceType":"Bundle","type":"history","total":${entries.length}${list}}`;
};

/** Always there: what a reader needs to know that it is not the whole resource, and whether it still counts. */
const KEPT: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'implicitRules', 'status']);
const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);

const asksFor = (elements: readonly string[], key: string): boolean => {
  const name = key.replace(/^_/, '');
  return elements.some(
    (element) => name === element || (name.startsWith(element) && /^[A-Z]/.test(name.slice(element.length))),
  );
};

/** `_elements`: the resource with these top elements only, marked as such; numbers keep their digits. */
export const subset = (text: string, elements: readonly string[]): string => {
  const whole = parse(text);
  if (!isObject(whole)) return text;
  const meta = isObject(whole.meta) ? whole.meta : {};
  const tags = Array.isArray(meta.tag) ? meta.tag : [];
  const kept = Object.entries(whole).filter(([key]) => KEPT.has(key) || asksFor(elements, key));
  return stringify({ ...Object.fromEntries(kept), meta: { ...meta, tag: [...tags, SUBSETTED] } }) ?? text;
};
