import type { Observation, ObservationStatus, Value } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { atOrAfter, type Local, sqlTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { lastFirst, type World } from './world.ts';

const LOINC = 'http://loinc.org';

/** Words for the state of a result; the vendor's public lists hold most, `Corrected` stands in a sample. */
export const RESULT_STATUS: Readonly<Record<ObservationStatus, string>> = {
  registered: 'Pending',
  preliminary: 'Preliminary',
  final: 'Final',
  amended: 'Amended',
  corrected: 'Corrected',
  cancelled: 'Canceled',
  'entered-in-error': 'Entered in Error',
  unknown: 'Undefined',
};

const RESULT_CATEGORIES: ReadonlySet<Observation['category']> = new Set([
  'laboratory',
  'imaging',
  'procedure',
  'therapy',
  'activity',
]);

export const isResult = ({ category }: Observation): boolean => RESULT_CATEGORIES.has(category);

/** The LOINC code, where the code is one. */
export const loinc = ({ code }: Pick<Observation, 'code'>): string | undefined =>
  code.system === LOINC ? code.code : undefined;

/** The value without its unit. */
export const valueText = (value: Value): string => {
  if (value.kind === 'text') return value.text;
  return value.kind === 'code' ? value.code.display : `${value.comparator ?? ''}${value.value}`;
};

export const unitText = (value: Value | undefined): string | undefined =>
  value?.kind === 'quantity' ? value.unit : undefined;

/** `4.0-5.6`, or one side of it. */
export const rangeText = ({ referenceLow, referenceHigh }: Partial<Observation>): string | undefined => {
  if (referenceLow === undefined) return referenceHigh === undefined ? undefined : `<=${referenceHigh}`;
  return referenceHigh === undefined ? `>=${referenceLow}` : `${referenceLow}-${referenceHigh}`;
};

/** What one row says: an analyte as it was at one time. */
export interface Analyte {
  readonly id: string;
  readonly of: Observation;
  readonly code: Observation['code'];
  readonly value?: Value;
  readonly status: ObservationStatus;
  readonly issued: string;
  /** Flag and range are known only for what stands now. */
  readonly current: boolean;
}

/** What an observation says now: its own value, and its components under ids of their own. */
export const analytes = (observation: Observation): readonly Analyte[] => {
  const { id, status, issued, code, value, components } = observation;
  const now = { of: observation, status, issued };
  const own: Analyte = { ...now, id: String(id), code, ...(value && { value }), current: true };
  const parts = components.map(
    (part, index): Analyte => ({
      ...now,
      id: `${id}-${index + 1}`,
      code: part.code,
      ...(part.value && { value: part.value }),
      current: false,
    }),
  );
  return parts.length > 0 && value === undefined ? parts : [own, ...parts];
};

/** A correction is a further row: what was said before stands first, under the same id. */
const withHistory = (observation: Observation): readonly Analyte[] => [
  ...observation.history.map(
    ({ issued, status, value }): Analyte => ({
      id: String(observation.id),
      of: observation,
      code: observation.code,
      ...(value && { value }),
      status,
      issued,
      current: false,
    }),
  ),
  ...analytes(observation),
];

const COLUMNS: Spec<Analyte> = {
  ID: ({ id }) => id,
  ResultDate: ({ of }, world) => sqlTime(world.local(of.effective)).slice(0, 19),
  OrderName: ({ of }) => of.reportName,
  ResultName: ({ code }) => code.display.toUpperCase(),
  Value: ({ value }) => value && valueText(value),
  Units: ({ value }) => unitText(value),
  ReferenceRange: ({ of, current }) => (current ? rangeText(of) : undefined),
  AbnormalFlag: ({ of, current }) => (current ? of.interpretation : undefined),
  Status: ({ status }) => RESULT_STATUS[status],
  LOINC: loinc,
  OrderingProvider: ({ of }, world) => {
    const found = world.practitioner(of.practitionerId);
    return found && lastFirst(found);
  },
  LastModified: ({ issued }, world) => sqlTime(world.local(issued)),
};

/** A patient's results whose row was changed at or after a time; nobody's when the patient is not known. */
const resultsOf = (world: World, patientId: string, since?: Local): readonly Analyte[] => {
  const isRecent = atOrAfter(world.local, since);
  const patient = world.patient(patientId);
  return world.practice.observations
    .filter((one) => one.patientId === patient?.id && isResult(one))
    .flatMap(withHistory)
    .filter(({ issued }) => isRecent(issued));
};

/** P1 changed since. The real action has no end. */
const results = ({ world, call, time, parameter }: Work): readonly Table[] => [
  table(world, COLUMNS, resultsOf(world, call.patientId, time(parameter(1)))),
];

/** The seed guide's form: results of the days from StartDate to EndDate, both included. */
export const resultsBetween = (work: Work, start: string, end: string): readonly Table[] => {
  const { world, call, time } = work;
  const first = time(start)?.slice(0, 10) ?? '';
  const last = time(end)?.slice(0, 10) ?? '9999-12-31';
  const rows = resultsOf(world, call.patientId).filter(({ of }) => {
    const day = world.local(of.effective).slice(0, 10);
    return first <= day && day <= last;
  });
  return [table(world, COLUMNS, rows)];
};

export const RESULT_ACTIONS: readonly Action[] = [{ name: 'GetResults', run: results }];
