import { printFhir } from '../document.ts';
import type { Element } from './wire.ts';

/** One operation of a JSON Patch (RFC 6902). */
export type Step =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What makes `after` of `before`, element by element: an element that changed in any part is replaced as a whole. */
export const stepsBetween = (before: Element, after: Element): readonly Step[] => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): readonly Step[] => {
    const path = `/${name}`;
    const [old, value] = [before[name], after[name]];
    if (value === undefined) return old === undefined ? [] : [{ op: 'remove', path }];
    if (old === undefined) return [{ op: 'add', path, value }];
    return printFhir(old) === printFhir(value) ? [] : [{ op: 'replace', path, value }];
  });
};
