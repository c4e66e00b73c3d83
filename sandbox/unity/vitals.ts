/** A field of the vitals form. */
export interface Vital {
  readonly loinc: string;
  readonly display: string;
  /** As the clinical summary calls it. */
  readonly word: string;
  /** Number of the field; three of them stand in a sample, the rest are assumptions. */
  readonly field: string;
  /** Blood pressure and pulse are written without a unit. */
  readonly bare?: true;
  /** Units in which it can be sent, the form's own first (assumption). */
  readonly units: readonly [string, ...string[]];
}

const MERCURY = ['mmHg', 'mm[Hg]'] as const;

const SYSTOLIC: Vital = {
  loinc: '8480-6',
  display: 'Systolic blood pressure',
  word: 'systolic',
  field: '2',
  bare: true,
  units: MERCURY,
};
const DIASTOLIC: Vital = {
  loinc: '8462-4',
  display: 'Diastolic blood pressure',
  word: 'diastolic',
  field: '3',
  bare: true,
  units: MERCURY,
};

export const VITALS: readonly Vital[] = [
  {
    loinc: '8310-5',
    display: 'Body temperature',
    word: 'temperature',
    field: '1',
    units: ['degF', 'F', '[degF]', 'degC', 'C', 'Cel'],
  },
  SYSTOLIC,
  DIASTOLIC,
  {
    loinc: '29463-7',
    display: 'Body weight',
    word: 'weight',
    field: '4',
    units: ['kg', 'g', 'lb', 'lbs', '[lb_av]', 'oz', '[oz_av]'],
  },
  { loinc: '8302-2', display: 'Body height', word: 'height', field: '5', units: ['cm', 'm', 'in', '[in_i]'] },
  {
    loinc: '8867-4',
    display: 'Heart rate',
    word: 'pulse',
    field: '6',
    bare: true,
    units: ['beats/min', 'bpm', '/min', '{beats}/min'],
  },
  {
    loinc: '9279-1',
    display: 'Respiratory rate',
    word: 'respirations',
    field: '7',
    units: ['breaths/min', '/min', '{breaths}/min'],
  },
  { loinc: '39156-5', display: 'Body mass index (BMI) [Ratio]', word: 'bmi', field: '8', units: ['kg/m2', 'kg/m^2'] },
  {
    loinc: '59408-5',
    display: 'Oxygen saturation in Arterial blood by Pulse oximetry',
    word: 'o2 saturation',
    field: '9',
    units: ['%'],
  },
];

/** Both pressures in one field of the form, which a sample calls so. */
export const PRESSURE = {
  field: 'BP',
  loinc: '85354-9',
  display: 'Blood pressure panel with all children optional',
  parts: [SYSTOLIC, DIASTOLIC],
  units: MERCURY,
} as const;

const OLD_CODES: Readonly<Record<string, string>> = { '2708-6': '59408-5' };

/** The EHR's field for a LOINC code. */
export const vitalOf = (loinc: string): Vital | undefined =>
  VITALS.find((vital) => vital.loinc === (OLD_CODES[loinc] ?? loinc));
