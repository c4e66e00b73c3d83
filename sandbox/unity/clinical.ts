import type { Observation } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { monthTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { type Analyte, analytes, isResult, loinc, RESULT_STATUS, rangeText, unitText, valueText } from './results.ts';
import { vitalOf } from './vitals.ts';
import { visitEncounterId } from './world.ts';

/** A part of a patient's summary. */
export type Section = 'results' | 'vitals' | 'history' | 'physicalexam';

interface Entry {
  readonly section: Section;
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
  const known = vitalOf(one.code.code);
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
  (section: Section) =>
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

/** Where in a summary something that was observed stands. */
export const sectionOf = ({ category }: Observation): Section => {
  if (category === 'vital-signs') return 'vitals';
  if (category === 'exam') return 'physicalexam';
  return category === 'social-history' || category === 'survey' ? 'history' : 'results';
};

const ENTRY: Readonly<Record<Section, (one: Analyte) => Entry>> = {
  results: result,
  vitals: vital,
  history: noted('history'),
  physicalexam: noted('physicalexam'),
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
        .map(ENTRY[sectionOf(one)]),
    )
    .filter(({ section }) => everything || sections.includes(section));
  return [table(world, COLUMNS, entries)];
};

export const CLINICAL_ACTIONS: readonly Action[] = [{ name: 'GetClinicalSummary', run: summary }];
