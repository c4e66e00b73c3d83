import type { Patient } from '@medplum/fhirtypes';
import type { Attached } from './documents.ts';
import type { Fault, ProfileName } from './faults.ts';
import type { OwnParameter } from './parameters.ts';
import type { Allowed, Clause, Pair, Query } from './query.ts';
import type { Search } from './search.ts';
import type { Version } from './store.ts';
import type { Writing } from './writing.ts';

/** What a search comes to before it is cut into pages. */
export interface Found {
  readonly matches: readonly Version[];
  /** Told beside the results. */
  readonly warnings: readonly Fault[];
  /** Entries of the first page where it is larger than the others. */
  readonly firstPage?: number;
}

/** Where in a kept result a page stands. */
export interface PagePlace {
  readonly session: string;
  readonly page: number;
}

/** A vendor's way of answering. */
export interface Profile {
  readonly name: ProfileName;
  /** Life of an access token. */
  readonly tokenSeconds: number;
  readonly wildcardScopes: boolean;
  readonly own: readonly OwnParameter[];
  readonly identifierTypes: boolean;
  /** References go out with the server's own address in front. */
  readonly absoluteReferences: boolean;
  /** `Bundle.total`: of the whole result, of the page alone, or left out. */
  readonly total: 'result' | 'page' | 'none';
  readonly entryLinks: boolean;
  /** Versions, `_history` and `batch` are declared. */
  readonly history: boolean;
  readonly batch: boolean;
  /** An include applies to included resources too, without being told so. */
  readonly followIncludes: boolean;
  /** The self link repeats parameters that were ignored. */
  readonly echoIgnored: boolean;
  /** POST _search reads nothing from the address but `_format`. */
  readonly formOnly: boolean;
  readonly metadataType: string;
  /** `undefined` for a type that this vendor does not serve; `known` tells the types of R4. */
  allowed(type: string, known: boolean): Allowed | undefined;
  pageSize(query: Query): number;
  pageLink(place: PagePlace, asked: readonly Pair[]): readonly Pair[];
  pagePlace(pairs: readonly Pair[]): PagePlace | 'unreadable' | undefined;
  readonly writing: Writing;
  /** Where a document's bytes are served. */
  readonly attached: Attached;
  /** Refuses what this vendor refuses, and finds the rest. */
  find(query: Query, search: Search, strict: boolean): Found;
}

export const named = (query: Query, ...names: readonly string[]): readonly Clause[] =>
  query.clauses.filter((clause) => names.includes(clause.name));

export const has = (query: Query, name: string): boolean => named(query, name).length > 0;

/** The patients that a search names, however it writes them. */
export const patientsOf = (query: Query): ReadonlySet<string> =>
  new Set(
    named(query, 'patient', 'subject', 'beneficiary')
      .flatMap((clause) => clause.values)
      .map((value) => value.replace(/^Patient\//, '')),
  );

/** A record that was merged into another one points to the survivor. */
export const survivorOf = (version: Version): string | undefined => {
  if (version.resource.resourceType !== 'Patient') return undefined;
  const patient: Patient = version.resource;
  return patient.link?.find((link) => link.type === 'replaced-by')?.other.reference;
};

/** An opaque word for a place in a kept result. */
export const sealed = ({ session, page }: PagePlace): string => Buffer.from(`${session}.${page}`).toString('base64url');

export const unsealed = (word: string): PagePlace | 'unreadable' => {
  const [, session, page] =
    /^([0-9A-Za-z-]+)\.([1-9]\d{0,5})$/.exec(Buffer.from(word, 'base64url').toString('utf8')) ?? [];
  return session === undefined || page === undefined ? 'unreadable' : { session, page: Number(page) };
};
