/** The vendors as the sandbox names them. */
export const VENDORS = ['unity', 'athenanet', 'fhir'] as const;
export type Vendor = (typeof VENDORS)[number];

/** The sandbox's source of each vendor. */
export const SOURCES: Readonly<Record<Vendor, string>> = { unity: 'lakeside', athenanet: 'springfield', fhir: 'mercy' };

export interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by rows, each in its own way
export type Data = any;

/** Ids that the rows ask for, by vendor. */
export interface Subjects {
  /** Twenty patients, none of whom is `person`. */
  readonly patients: Readonly<Record<Vendor, readonly string[]>>;
  /** Somebody with appointments, results and claims. */
  readonly person: Readonly<Record<Vendor, string>>;
  /** Somebody else again, whom no row asks for. */
  readonly bystander: Readonly<Record<Vendor, string>>;
  readonly practitioners: Readonly<Record<Vendor, readonly string[]>>;
  readonly locations: Readonly<Record<Vendor, readonly string[]>>;
  /** An appointment of today. */
  readonly appointment: Readonly<Record<Vendor, string>>;
  /** A laboratory result and a claim of `person`. */
  readonly observation: Readonly<Record<Vendor, string>>;
  readonly claim: Readonly<Record<Vendor, string>>;
}

/**
 * What is already known when the question is asked. Signed in everywhere in any case.
 * `directories`: lists of practitioners, locations, appointment types and resources, which are kept for an hour;
 * `nothing`: not even they.
 */
export type Kept = 'directories' | 'nothing';

/** A real operation, and what it costs at least. */
export interface Row {
  readonly name: string;
  readonly kept: Kept;
  /** What was asked before, in this order, and is known from then on. */
  readonly before?: readonly ((subjects: Subjects, answers: readonly Data[]) => Question)[];
  /** `answers` are those to what was asked before. */
  readonly question: (subjects: Subjects, answers: readonly Data[]) => Question;
  /** The fewest calls that the vendors' interfaces allow; the argument stands beside each row. */
  readonly fewest: Readonly<Record<Vendor, number>>;
  /** The fewest round trips one after the other. */
  readonly depth: number;
}
