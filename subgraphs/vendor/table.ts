export interface CodeTable<T extends string> {
  /** What a vendor's code stands for; case and blanks around it do not matter. `undefined`: not in the table. */
  to(raw: string | null | undefined): T | undefined;
  /** The vendor's code for it: the first in the table that stands for it. */
  from(unified: T | null | undefined): string | undefined;
}

const normal = (raw: string): string => raw.trim().toLowerCase();

/** A code list, read in both directions from one table. */
export const codeTable = <const T extends string>(rows: Readonly<Record<string, T>>): CodeTable<T> => {
  const forward = new Map(Object.entries(rows).map(([raw, unified]) => [normal(raw), unified]));
  const back = new Map(
    Object.entries(rows)
      .reverse()
      .map(([raw, unified]) => [unified, raw]),
  );
  return {
    to: (raw) => (raw === null || raw === undefined ? undefined : forward.get(normal(raw))),
    from: (unified) => (unified === null || unified === undefined ? undefined : back.get(unified)),
  };
};
