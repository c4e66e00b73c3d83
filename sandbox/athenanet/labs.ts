import type { Coded, Observation, Patient, Value } from '../practice.ts';
import { chartPatient, isInDays } from './chart.ts';
import { elementId, encounterId } from './identity.ts';
import { LONG_LISTS, page } from './paging.ts';
import type { Call, Route } from './router.ts';
import { type World, wireStampDay } from './world.ts';

/** Words of results; an unknown status has none. `final` and `corrected` and the like: [public: dotnet]. */
const STATUS_WORDS: Readonly<Record<Observation['status'], string | undefined>> = {
  registered: 'pending',
  preliminary: 'preliminary',
  final: 'final',
  amended: 'corrected',
  corrected: 'corrected',
  cancelled: 'cancelled',
  unknown: undefined,
  'entered-in-error': undefined,
};

/** athenaNet's flag and HL7's name by HL7's code. [public: dotnet for some; the rest follow them: assumption] */
const FLAGS: Readonly<Record<string, readonly [flag: string, name: string]>> = {
  N: ['normal', 'Normal'],
  A: ['abnormal', 'Abnormal'],
  AA: ['critical abnormal', 'Critical abnormal'],
  H: ['high', 'High'],
  HH: ['critical high', 'Critical high'],
  L: ['low', 'Low'],
  LL: ['critical low', 'Critical low'],
};

/** Whether a laboratory result is at athenaNet: what was entered in error is taken out there. */
export const holdsLab = ({ category, status }: Observation): boolean =>
  category === 'laboratory' && status !== 'entered-in-error';

const valueText = (value: Value | undefined): string | undefined => {
  if (value === undefined) return undefined;
  if (value.kind === 'text') return value.text;
  return value.kind === 'code' ? value.code.display : `${value.comparator ?? ''}${value.value}`;
};

const range = ({ referenceLow: low, referenceHigh: high }: Observation): string | undefined => {
  if (low !== undefined && high !== undefined) return `${low}-${high}`;
  if (low !== undefined) return `>=${low}`;
  return high === undefined ? undefined : `<=${high}`;
};

const LOINC = 'http://loinc.org';
const loinc = ({ system, code }: Coded): string | undefined => (system === LOINC ? code : undefined);

const abnormal = ({ interpretation }: Observation, detailed: boolean) => {
  const flag = interpretation === undefined ? undefined : FLAGS[interpretation];
  return {
    abnormalflag: flag?.[0] ?? interpretation?.toLowerCase(),
    ...(detailed ? { abnormalhl7code: interpretation, abnormalhl7name: flag?.[1] } : {}),
  };
};

interface Part {
  readonly id: number;
  readonly code: Coded;
  readonly value: Value | undefined;
  readonly whole: boolean;
}

const partsOf = ({ id, code, value, components }: Observation): readonly Part[] =>
  components.length === 0
    ? [{ id: elementId(id, 0), code, value, whole: true }]
    : components.map((part, index) => ({
        id: elementId(id, index + 1),
        code: part.code,
        value: part.value,
        whole: false,
      }));

/** The analytes of a result; range and flag belong to the whole, so parts of a panel have none. */
export const analyteRows = (world: World, result: Observation, detailed: boolean) =>
  partsOf(result).map(({ id, code, value, whole }) => ({
    analyteid: id,
    analytename: code.display,
    loinc: loinc(code),
    description: code.display,
    value: valueText(value),
    units: value?.kind === 'quantity' ? value.unit : undefined,
    referencerange: whole ? range(result) : undefined,
    resultstatus: STATUS_WORDS[result.status],
    ...(whole ? abnormal(result, detailed) : {}),
    analytedate: wireStampDay(world, result.effective),
    analytedatetime: world.stamp(result.effective),
  }));

/** Results that came in one report, oldest first; the first one's time is the report's order. */
export interface Report {
  readonly id: number;
  readonly results: readonly Observation[];
  readonly first: Observation;
}

const latest = (instants: readonly string[]): string =>
  instants.toSorted((one, other) => Date.parse(one) - Date.parse(other)).at(-1) ?? '';

export const reportsOf = (world: World, patient: Patient): readonly Report[] => {
  const results = world
    .observationsOf(patient.id)
    .filter(holdsLab)
    .toSorted((one, other) => Date.parse(one.effective) - Date.parse(other.effective) || one.id - other.id);
  return [...Map.groupBy(results, ({ reportId }) => reportId)].flatMap(([id, same]) =>
    same.slice(0, 1).map((first) => ({ id, results: same, first })),
  );
};

const statusOf = ({ results }: Report): string | undefined => {
  const words = new Set(results.map(({ status }) => STATUS_WORDS[status]));
  if (words.size === 1) return [...words][0];
  if (words.has('pending') || words.has('preliminary')) return 'partial';
  return words.has('corrected') ? 'corrected' : undefined;
};

const reportRow = (world: World, report: Report, detailed: boolean) => {
  const { id, results, first } = report;
  const issued = latest(results.map((result) => result.issued));
  return {
    labresultid: id,
    priority: '2',
    description: first.reportName,
    resultstatus: statusOf(report),
    labresultloinc: results.length === 1 ? loinc(first.code) : undefined,
    labresultdate: wireStampDay(world, issued),
    labresultdatetime: world.stamp(issued),
    providerid: first.practitionerId,
    encounterid: first.appointmentId === undefined ? undefined : encounterId(first.appointmentId),
    attachmentexists: false,
    analytes: results.flatMap((result) => analyteRows(world, result, detailed)),
  };
};

/** What a call asks for; days are those of the order, not of single results. [public: laravel] */
const isAsked = (call: Call): ((report: Report) => boolean) => {
  const { world, sent } = call;
  const inDays = isInDays(call);
  const [status, encounter] = [sent.text('labresultstatus'), sent.id('allresultsbyencounterid')];
  return (report) =>
    inDays(world.stampDay(report.first.effective)) &&
    (status === undefined || statusOf(report) === status.toLowerCase()) &&
    (encounter === undefined ||
      (report.first.appointmentId !== undefined && encounterId(report.first.appointmentId) === encounter));
};

export const labResults = (call: Call, patient: Patient): unknown => {
  const rows = reportsOf(call.world, patient).filter(isAsked(call));
  const detailed = call.sent.flag('showabnormaldetails');
  return page(call, 'results', rows, (report) => reportRow(call.world, report, detailed), LONG_LISTS);
};

/** The same results flat, with fewer columns. [public: dotnet] */
export const analytes = (call: Call, patient: Patient): unknown => {
  const { world } = call;
  const rows = reportsOf(world, patient)
    .filter(isAsked(call))
    .flatMap((report) =>
      report.results.flatMap((result) =>
        analyteRows(world, result, false).map(({ analyteid, analytename, value, units, analytedate }) => ({
          analyteid,
          analytename,
          value,
          units,
          analytedate,
          labresultstatus: statusOf(report),
          description: report.first.reportName,
        })),
      ),
    );
  return page(call, 'analytes', rows, (row) => row, LONG_LISTS);
};

export const labRoutes: readonly Route[] = [
  { method: 'GET', path: '/chart/{patientid}/labresults', handle: (call) => labResults(call, chartPatient(call)) },
  { method: 'GET', path: '/chart/{patientid}/analytes', handle: (call) => analytes(call, chartPatient(call)) },
];
