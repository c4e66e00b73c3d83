import type { Mapped } from '../../../schema/records.ts';
import type { LabResultPayload } from '../payload/chart.ts';

type Lab = Mapped<'Observation'>;

/** Results that athenaNet itself marks as an exact duplicate of another one in the list: all but the first stored. */
export const duplicatesIn = (results: readonly LabResultPayload[]): ReadonlySet<string> => {
  const ids = new Set(results.map(({ labresultid }) => labresultid));
  return new Set(
    results.flatMap(({ labresultid, exactduplicatedocumentid: other }) =>
      other === undefined || other === labresultid || !ids.has(other)
        ? []
        : [Number(other) > Number(labresultid) ? other : labresultid],
    ),
  );
};

/**
 * Which observation is replaced by which, by key. A correction comes as the same result with another status, or as a
 * further result: then it replaces the earlier one of the same analyte and time, unless the two name different orders or
 * there are several that it might mean. A result that names its order also replaces that order's preliminary one.
 */
export const replacedIn = (labs: readonly Lab[]): ReadonlyMap<string, string> => {
  const replaced = new Map<string, string>();
  const inOrder = [...labs].sort((one, other) => resultOf(one) - resultOf(other));
  for (const newer of inOrder) {
    const earlier = inOrder.filter(
      (older) => resultOf(older) < resultOf(newer) && !replaced.has(older.key) && isSameTest(older, newer),
    );
    const meant = isCorrection(newer) ? earlier : earlier.filter((older) => completes(older, newer));
    const sameOrder = meant.every((older) => orderOf(older) !== undefined && orderOf(older) === orderOf(newer));
    if (sameOrder || meant.length === 1) for (const older of meant) replaced.set(older.key, newer.key);
  }
  return replaced;
};

/** The observations that still hold, each naming the one it replaced. */
export const newestOf = (labs: readonly Lab[]): readonly Lab[] => {
  const replaced = replacedIn(labs);
  const supersedes = new Map([...replaced].map(([older, newer]) => [newer, older]));
  return labs
    .filter(({ key }) => !replaced.has(key))
    .map((lab) => ({ ...lab, supersedesKey: supersedes.get(lab.key) ?? null }));
};

const resultOf = (lab: Lab): number => Number(lab.own?.labResultId);
const orderOf = (lab: Lab): unknown => lab.own?.orderId;
const isCorrection = ({ status }: Lab): boolean => status === 'CORRECTED' || status === 'AMENDED';

const completes = (older: Lab, newer: Lab): boolean =>
  (older.status === 'PRELIMINARY' || older.status === 'REGISTERED') &&
  orderOf(older) !== undefined &&
  orderOf(older) === orderOf(newer);

const isSameTest = (older: Lab, newer: Lab): boolean =>
  testOf(older) === testOf(newer) &&
  older.effective !== null &&
  older.effective?.start === newer.effective?.start &&
  older.effective?.end === newer.effective?.end &&
  (orderOf(older) === undefined || orderOf(newer) === undefined || orderOf(older) === orderOf(newer));

const testOf = ({ code }: Lab): string => code.codings[0]?.code ?? (code.text ?? '').toLowerCase();
