import { TimeTaken } from '../ledger.ts';
import { singleRow, type Table } from './dataset.ts';
import type { Action, Work } from './magic.ts';
import { type Element, readXml } from './xml.ts';

/** Why a write was not carried out. That `Critical` means so is public; the texts but one are assumptions. */
export class Critical extends Error {
  override readonly name = 'Critical';
}

const REFUSED = { STATUS: (text: string): string => text };
/** Stands in a sample. */
const TAKEN = 'Resource is not available at the requested time.';

const refusalOf = (error: unknown): string => {
  if (error instanceof Critical) return error.message;
  if (error instanceof TimeTaken) return TAKEN;
  throw error;
};

/** A write: what it refuses is a row with the one column `STATUS`, and not a fault. */
export const writing =
  (run: Action['run']): Action['run'] =>
  (work: Work): readonly Table[] => {
    try {
      return run(work);
    } catch (error) {
      return [singleRow(REFUSED, { STATUS: `Critical: ${refusalOf(error)}` })];
    }
  };

/** Refuses unless it holds. */
export const demand: (holds: boolean, text: string) => asserts holds = (holds, text) => {
  if (!holds) throw new Critical(text);
};

/** What there is, and a refusal that names the field when there is nothing. */
export const known = <T>(found: T | undefined, field: string): T => {
  if (found === undefined) throw new Critical(`${field} is not valid.`);
  return found;
};

/** Named values of a write. */
export interface Fields {
  /** Undefined when it was not sent. */
  sent(name: string): string | undefined;
  /** Empty when it was not sent. */
  text(name: string): string;
  /** Refuses when it was not sent or is empty. */
  need(name: string): string;
}

/** Refuses a name that the write does not know, and one that comes twice. */
export const fieldsOf = (entries: readonly (readonly [string, string])[], names: ReadonlySet<string>): Fields => {
  const values = new Map<string, string>();
  for (const [name, value] of entries) {
    demand(names.has(name), `${name} is not recognized.`);
    demand(!values.has(name), `${name} is given twice.`);
    values.set(name, value);
  }
  const text = (name: string): string => values.get(name) ?? '';
  return {
    sent: (name) => values.get(name),
    text,
    need: (name) => {
      const value = text(name);
      demand(value.trim() !== '', `${name} is required.`);
      return value;
    },
  };
};

/** The XML of a parameter, whose root must be this one, without a namespace. */
export const payload = (xml: string, root: string): Element => {
  const element = readXml(xml);
  demand(element !== undefined && element.name === root && element.namespace === '', 'XML is not valid.');
  return element;
};

/** The children of the XML in a parameter, a value each. */
export const childFields = (xml: string, root: string, names: ReadonlySet<string>): Fields => {
  const { children } = payload(xml, root);
  demand(
    children.every((child) => child.children.length === 0),
    'XML is not valid.',
  );
  return fieldsOf(
    children.map(({ name, text }) => [name, text]),
    names,
  );
};
