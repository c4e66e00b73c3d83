import type { Observation } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { monthTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { type Analyte, analytes, isResult, loinc, RESULT_STATUS, rangeText, unitText, valueText } from './results.ts';
import { visitEncounterId } from './world.ts';

interface Vital {
  readonly word: string;
  /** Number of the field on the vitals form; three of them stand in a sample, the rest are assumptions. */
  readonly field: string;
  /** Blood pressure and pulse are written without a unit. */
  readonly bare?: true;
}

/** The EHR's words for vital signs, by LOINC. */
const VITALS: Readonly<Record<string, Vital>> = {
  '8310-5': { word: 'temperature', field: '1' },
  '8480-6': { word: 'systolic', field: '2', bare: true },
  '8462-4': { word: 'diastolic', field: '3', bare: true },
  '29463-7': { word: 'weight', field: '4' },
  '8302-2': { word: 'height', field: '5' },
  '8867-4': { word: 'pulse', field: '6', bare: true },
  '9279-1': { word: 'respirations', field: '7' },
  '39156-5': { word: 'bmi', field: '8' },
  '2708-6': { word: 'o2 saturation', field: '9' },
  '59408-5': { word: 'o2 saturation', field: '9' },
};

interface Entry {
  readonly section: string;
  readonly description: string;
  readonly code: string;
  readonly transid: string;
  readonly status: string;
  readonly entrycode: string;
  readonly detail: string;
  readonly at: string;
}

const withUnit = ({ value }: Analyte): string =>
  value === undefined ? '' : [valueText(value), unitText(value)].filter((text) => text !== undefined).join(' ');

const vital = (one: Analyte): Entry => {
  const known = VITALS[one.code.code];
  return {
    section: 'vitals',
    description: known?.word ?? one.code.display.toLowerCase(),
    code: known?.field ?? '',
    transid: String(one.of.reportId),
    status: '',
    entrycode: '',
    detail: known?.bare && one.value ? valueText(one.value) : withUnit(one),
    at: one.of.effective,
  };
};

const isAbnormal = ({ of, current }: Analyte): boolean =>
  current && of.interpretation !== undefined && of.interpretation !== 'N';

const result = (one: Analyte): Entry => {
  const range = one.current ? rangeText(one.of) : undefined;
  const said = [withUnit(one), isAbnormal(one) ? 'ABNORMAL' : '', range === undefined ? '' : `(${range})`];
  return {
    section: 'results',
    description: one.of.reportName,
    code: one.of.localCode ?? '',
    transid: String(one.of.reportId),
    status: RESULT_STATUS[one.status],
    entrycode: loinc(one) ?? '',
    detail: `${one.code.display.toUpperCase()}, ${said.filter((text) => text !== '').join(' ')}`,
    at: one.of.effective,
  };
};

const noted =
  (section: string) =>
  (one: Analyte): Entry => ({
    section,
    description: one.code.display,
    code: '',
    transid: String(one.of.reportId),
    status: '',
    entrycode: loinc(one) ?? '',
    detail: withUnit(one),
    at: one.of.effective,
  });

const entryOf = ({ category }: Observation): ((one: Analyte) => Entry) => {
  if (category === 'vital-signs') return vital;
  if (category === 'exam') return noted('physicalexam');
  if (category === 'social-history' || category === 'survey') return noted('history');
  return result;
};

/** What was taken back is not shown, except among results, whose rows tell their status. */
const isShown = (observation: Observation): boolean =>
  isResult(observation) || !['cancelled', 'entered-in-error'].includes(observation.status);

const COLUMNS: Spec<Entry> = {
  section: ({ section }) => section,
  description: ({ description }) => description,
  code: ({ code }) => code,
  transid: ({ transid }) => transid,
  status: ({ status }) => status,
  entrycode: ({ entrycode }) => entrycode,
  detail: ({ detail }) => detail,
  displaydate: ({ at }, world) => monthTime(world.local(at)),
  // What it would hold is not public, so it holds nothing.
  xmldetail: () => '',
};

/** P1 sections with pipes, nothing or `list` for all; P2 an encounter. */
const summary = ({ world, call, parameter }: Work): readonly Table[] => {
  const patient = world.patient(call.patientId);
  const sections = parameter(1).toLowerCase().split('|');
  const everything = parameter(1) === '' || sections.includes('list');
  const encounter = parameter(2);
  const entries = world.practice.observations
    .filter((one) => one.patientId === patient?.id && isShown(one))
    .filter(
      ({ appointmentId }) =>
        encounter === '' || (appointmentId !== undefined && visitEncounterId({ id: appointmentId }) === encounter),
    )
    .flatMap((one) =>
      analytes(one)
        .filter(({ value }) => value !== undefined)
        .map(entryOf(one)),
    )
    .filter(({ section }) => everything || sections.includes(section));
  return [table(world, COLUMNS, entries)];
};

export const CLINICAL_ACTIONS: readonly Action[] = [{ name: 'GetClinicalSummary', run: summary }];
