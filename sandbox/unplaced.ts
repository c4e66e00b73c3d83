import type { NotRepresentable } from './athenanet/unrepresentable.ts';
import { type LoadReport, withoutPlace } from './load/tally.ts';
import type { Practice } from './practice.ts';
import { isResult } from './unity/results.ts';

/** Statuses for which neither schedule of Unity has a word. */
const NO_WORD_AT_UNITY: ReadonlySet<string> = new Set(['proposed', 'entered-in-error']);
/** Categories that Unity writes into the chart's history and examination, as words. */
const WORDS_AT_UNITY: ReadonlySet<string> = new Set(['exam', 'social-history', 'survey']);
const TAKEN_BACK: ReadonlySet<string> = new Set(['cancelled', 'entered-in-error']);

/** Takes out of a load report what the two vendors' systems leave out of their answers for want of a place. */
export const afterPlacing = (report: LoadReport, practice: Practice, athenanet: NotRepresentable): LoadReport => {
  const wordless = practice.appointments.filter(({ status }) => NO_WORD_AT_UNITY.has(status));
  const words = practice.observations.filter(({ category }) => WORDS_AT_UNITY.has(category));
  const takenBack = practice.observations.filter(
    (one) => !isResult(one) && !WORDS_AT_UNITY.has(one.category) && TAKEN_BACK.has(one.status),
  );
  const rows = [
    ['unity', 'Appointment', 'is in a status that Unity has no word for', wordless.length],
    [
      'unity',
      'Observation',
      'stands in the chart’s history or examination at Unity, neither a result nor a vital sign',
      words.length,
    ],
    ['unity', 'Observation', 'was taken back, which only laboratory results can say at Unity', takenBack.length],
    [
      'athenanet',
      'Appointment',
      'is in no department, or in a status that athenaNet has no word for',
      athenanet.appointments.length,
    ],
    [
      'athenanet',
      'Observation',
      'is neither a laboratory result nor a vital sign that athenaNet knows',
      athenanet.observations.length,
    ],
    ['athenanet', 'Claim', 'is in a status that athenaNet has no word for', athenanet.claims.length],
  ] as const;
  return rows.reduce((sum, [vendor, type, reason, count]) => withoutPlace(sum, vendor, type, reason, count), report);
};
