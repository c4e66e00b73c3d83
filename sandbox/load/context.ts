import type { z } from 'zod';
import type { Coded } from '../practice.ts';
import type { Read } from './raw.ts';
import type { Concept, Reference } from './shapes.ts';
import type { Tally } from './tally.ts';

/** What every conversion needs beside its row. */
export interface Context {
  /** Zone for days and wall clocks. */
  readonly zone: string;
  /** Stands in for times of recording that the files do not tell. */
  readonly now: string;
  readonly tally: Tally;
  readonly ids: Ids;
}

/** A row of a type with what it says in that type's shape. */
export interface Row<T> {
  readonly id: string;
  readonly value: T;
}

/** The rows of a type that have the shape FHIR gives it; counts the others, unless the type is counted elsewhere. */
export const rowsOf = <T>(
  read: ReadonlyMap<string, readonly Read[]>,
  type: string,
  shape: z.ZodType<T>,
  tally?: Tally,
): Row<T>[] =>
  (read.get(type) ?? []).flatMap(({ id, value }) => {
    const parsed = shape.safeParse(value);
    if (parsed.success) return [{ id, value: parsed.data }];
    tally?.omitted(type, 'does not have the shape that FHIR R4 gives this type');
    return [];
  });

/** `Type/id` of a reference to a record, whether relative, absolute, versioned or a urn; undefined for everything else. */
export const targetOf = ({ reference }: Reference, type: string): string | undefined => {
  const bare = reference?.replace(/\/_history\/[^/]+$/, '');
  if (bare === undefined || bare.includes('?') || bare.startsWith('#')) return undefined;
  if (bare.startsWith('urn:uuid:')) return `${type}/${bare.slice('urn:uuid:'.length)}`;
  const [name, id] = bare.split('/').slice(-2);
  return name === type && id !== undefined ? `${type}/${id}` : undefined;
};

const UUID_AT_END = /[/][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

interface Identified {
  readonly identifier: readonly { readonly system?: string | undefined; readonly value?: string | undefined }[];
}

/** The numbers that records got in the Practice, by FHIR id and by business identifier. */
export class Ids {
  readonly #numbers = new Map<string, number>();
  /** Undefined for an identifier that two records share. */
  readonly #identifiers = new Map<string, number | undefined>();
  readonly #tally: Tally;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  all(): ReadonlyMap<string, number> {
    return this.#numbers;
  }

  add(type: string, id: string, number: number): void {
    this.#numbers.set(`${type}/${id}`, number);
  }

  /** Numbers the rows of a type from 1, in their order, and remembers what else they are known by. */
  addAll(type: string, rows: readonly Row<Identified>[]): void {
    for (const [index, { id, value }] of rows.entries()) {
      this.add(type, id, index + 1);
      for (const { system = '', value: code } of value.identifier) {
        const key = `${type} ${system}|${code ?? ''}`;
        this.#identifiers.set(key, this.#identifiers.has(key) ? undefined : index + 1);
      }
    }
  }

  get(type: string, id: string): number | undefined {
    return this.#numbers.get(`${type}/${id}`);
  }

  /**
   * The number of the record that a reference means; undefined when the files do not hold it. An address on a server
   * counts only with a UUID at its end: a shorter id may be somebody else there.
   */
  find(reference: Reference | undefined, type: string): number | undefined {
    if (reference === undefined) return undefined;
    const target = targetOf(reference, type);
    const number = target === undefined ? undefined : this.#numbers.get(target);
    if (number === undefined) return this.#byIdentifier(reference, type);
    if (!/^https?:/.test(reference.reference ?? '')) return number;
    if (!UUID_AT_END.test(target ?? '')) return undefined;
    this.#tally.note(`absolute references taken as the ${type} with that UUID in the files`);
    return number;
  }

  #byIdentifier({ reference, identifier }: Reference, type: string): number | undefined {
    const query = `${type}?identifier=`;
    const asked = reference?.startsWith(query) === true ? decoded(reference.slice(query.length)) : undefined;
    const named = identifier?.value === undefined ? undefined : `${identifier.system ?? ''}|${identifier.value}`;
    const key = asked ?? named;
    return key === undefined ? undefined : this.#identifiers.get(`${type} ${key}`);
  }
}

/** The first coding that is complete, with the best words for it. */
export const codedOf = (concept: Concept | undefined, preferred?: string): Coded | undefined => {
  const complete = (concept?.coding ?? []).flatMap(({ system, code, display }) =>
    system === undefined || code === undefined ? [] : [{ system, code, display: display ?? concept?.text ?? code }],
  );
  return complete.find(({ system }) => system === preferred) ?? complete[0];
};

/** What a concept says in words, or its code when it has none. */
export const wordsOf = (concept: Concept | undefined): string | undefined => {
  const [coding] = concept?.coding ?? [];
  return concept?.text ?? coding?.display ?? coding?.code;
};

/** What a table says of a word that came from outside. */
export const look = <T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined =>
  key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;

/** A member of an object, only when there is something. */
export const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
