import type { Draft } from '../ledger.ts';
import type { Coded, Value } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import type { Action, Work } from './magic.ts';
import { PRESSURE, VITALS, type Vital } from './vitals.ts';
import { demand, type Fields, fieldsOf, known, payload, writing } from './writing.ts';

type Measured = Pick<Draft['Observation'], 'code' | 'components'> & { readonly value?: Value };

const NUMBER = /^\d{1,6}(?:\.\d{1,4})?$/;

const quantity = (text: string, unit: string, field: string): Value => {
  demand(NUMBER.test(text), `${field} is not valid.`);
  return { kind: 'quantity', value: text, unit };
};

const loinc = ({ loinc: code, display }: { readonly loinc: string; readonly display: string }): Coded => ({
  system: 'http://loinc.org',
  code,
  display,
});

const unitOf = (fields: Fields, units: readonly string[]): string => {
  const unit = fields.need('units');
  return known(units.includes(unit) ? unit : undefined, 'units');
};

/** Both pressures, or one of them alone while the other is empty (assumption). */
const pressure = (fields: Fields): Measured => {
  const unit = unitOf(fields, PRESSURE.units);
  const [systolic, diastolic] = PRESSURE.parts;
  const read = (vital: Vital, name: string) => {
    const text = fields.text(name);
    return text === '' ? [] : [{ code: loinc(vital), value: quantity(text, unit, name) }];
  };
  const components = [...read(systolic, 'value1'), ...read(diastolic, 'value2')];
  const [only, other] = components;
  demand(only !== undefined, 'value1 is required.');
  return other === undefined ? { ...only, components: [] } : { code: loinc(PRESSURE), components };
};

const single = (fields: Fields): Measured => {
  const vital = known(
    VITALS.find(({ field }) => field === fields.need('fieldid')),
    'fieldid',
  );
  demand(fields.text('value2') === '', 'value2 is not valid.');
  const value = quantity(fields.need('value1'), unitOf(fields, vital.units), 'value1');
  return { code: loinc(vital), components: [], value };
};

/** `dttm` is when it was measured, in the server's wall-clock time: no public source has it, the present when absent (assumption). */
const ATTRIBUTES: ReadonlySet<string> = new Set(['fieldid', 'value1', 'value2', 'units', 'dttm']);

interface Taken {
  readonly measured: Measured;
  /** Instant. */
  readonly effective: string;
}

const takenOf = ({ world, time }: Work, attributes: Readonly<Record<string, string>>): Taken => {
  const fields = fieldsOf(Object.entries(attributes), ATTRIBUTES);
  const measured = fields.need('fieldid') === PRESSURE.field ? pressure(fields) : single(fields);
  const said = time(fields.text('dttm').trim());
  const now = new Date(world.now()).toISOString();
  return { measured, effective: said === undefined ? now : known(world.instant(said), 'dttm') };
};

const SAVED: Spec<string> = { Status: (text) => text };

/** One XML in P1. What it holds is saved as one set, and nothing of it when one value is refused. */
const saveVitals = (work: Work): readonly Table[] => {
  const { world, call, callName, system, parameter } = work;
  const { children } = payload(parameter(1), 'savevitalsdatarequest');
  const isForm = children.every(({ name, namespace }) => name === 'savevitalsdata' && namespace === '');
  demand(isForm && children.length > 0, 'XML is not valid.');
  const patient = known(world.patient(call.patientId), 'PatientID');
  const taken = children.map(({ attributes }) => takenOf(work, attributes));
  const author = world.practice.practitioners.find(
    ({ username }) => username.toLowerCase() === work.user.toLowerCase(),
  );
  let reportId: number | undefined;
  for (const { measured, effective } of taken) {
    const saved = system.ledger.record(callName, {
      ...measured,
      patientId: patient.id,
      category: 'vital-signs',
      effective,
      reportName: 'Vital signs',
      status: 'final',
      ...(author && { practitionerId: author.id }),
      ...(reportId !== undefined && { reportId }),
    });
    reportId = saved.reportId;
  }
  return [table(world, SAVED, ['Success'])];
};

interface FormField {
  readonly field: string;
  readonly name: string;
  readonly unit: string;
}

/** The columns of the form's definition are an assumption. */
const FORM: Spec<FormField> = {
  fieldid: ({ field }) => field,
  description: ({ name }) => name,
  units: ({ unit }) => unit,
};

const FIELDS: readonly FormField[] = [
  { field: PRESSURE.field, name: 'blood pressure', unit: PRESSURE.units[0] },
  ...VITALS.map(({ field, word, units }) => ({ field, name: word, unit: units[0] })),
];

export const VITALS_ACTIONS: readonly Action[] = [
  // That the shorter action takes the same XML is an assumption.
  { name: 'SaveVitalsData', run: writing(saveVitals) },
  { name: 'SaveVitals', run: writing(saveVitals) },
  { name: 'GetVitals', run: ({ world }) => [table(world, FORM, FIELDS)] },
];
