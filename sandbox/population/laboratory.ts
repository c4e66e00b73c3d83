import { type Diagnosis, LOINC, type Procedure } from './codes.ts';

/** One thing that a laboratory measures in numbers. */
export interface Measure {
  readonly loinc: string;
  readonly display: string;
  readonly localCode: string;
  readonly unit: string;
  readonly ucum: string;
  readonly decimals: number;
  readonly low?: number;
  readonly high?: number;
  readonly criticalLow?: number;
  readonly criticalHigh?: number;
  readonly mean: number;
  readonly spread: number;
  /** What a condition adds to the mean. */
  readonly shift?: Readonly<Partial<Record<Diagnosis, number>>>;
}

export interface Panel {
  readonly name: string;
  readonly procedure: Procedure;
  /** Conditions for which it is ordered; everybody when absent. */
  readonly reasons?: readonly Diagnosis[];
  readonly measures: readonly Measure[];
  /** A finding in words instead of numbers. */
  readonly words?: {
    readonly loinc: string;
    readonly display: string;
    readonly localCode: string;
    readonly findings: readonly { readonly text: string; readonly interpretation: string }[];
  };
}

const mgdl = { unit: 'mg/dL', ucum: 'mg/dL' } as const;
const mmoll = { unit: 'mmol/L', ucum: 'mmol/L' } as const;

const measure = (
  [loinc, display, localCode]: readonly [string, string, string],
  rest: Omit<Measure, 'loinc' | 'display' | 'localCode'>,
): Measure => ({ loinc, display, localCode, ...rest });

const glucose = measure(['2345-7', 'Glucose [Mass/volume] in Serum or Plasma', 'GLU'], {
  ...mgdl,
  decimals: 0,
  low: 70,
  high: 99,
  criticalHigh: 400,
  mean: 88,
  spread: 12,
  shift: { diabetes: 65 },
});

/** What the practices' laboratory reports can hold. */
export const PANELS: readonly Panel[] = [
  {
    name: 'Hemoglobin A1c',
    procedure: 'hba1c',
    reasons: ['diabetes'],
    measures: [
      measure(['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'A1C'], {
        unit: '%',
        ucum: '%',
        decimals: 1,
        low: 4,
        high: 5.6,
        mean: 5.3,
        spread: 0.4,
        shift: { diabetes: 2.1 },
      }),
    ],
  },
  {
    name: 'Lipid panel',
    procedure: 'lipids',
    reasons: ['lipids', 'hypertension', 'diabetes'],
    measures: [
      measure(['2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma', 'CHOL'], {
        ...mgdl,
        decimals: 0,
        high: 199,
        mean: 178,
        spread: 24,
        shift: { lipids: 48 },
      }),
      measure(['2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma', 'HDL'], {
        ...mgdl,
        decimals: 0,
        low: 40,
        mean: 52,
        spread: 14,
      }),
      measure(['13457-7', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation', 'LDLC'], {
        ...mgdl,
        decimals: 0,
        high: 99,
        mean: 92,
        spread: 18,
        shift: { lipids: 47 },
      }),
      measure(['2571-8', 'Triglyceride [Mass/volume] in Serum or Plasma', 'TRIG'], {
        ...mgdl,
        decimals: 0,
        high: 149,
        mean: 118,
        spread: 42,
        shift: { lipids: 60 },
      }),
    ],
  },
  {
    name: 'Basic metabolic panel',
    procedure: 'metabolic',
    measures: [
      glucose,
      measure(['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'CREAT'], {
        ...mgdl,
        decimals: 2,
        low: 0.6,
        high: 1.3,
        mean: 0.94,
        spread: 0.24,
        shift: { kidney: 0.8 },
      }),
      measure(['2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'NA'], {
        ...mmoll,
        decimals: 0,
        low: 136,
        high: 145,
        criticalLow: 120,
        mean: 140,
        spread: 4,
      }),
      measure(['2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'K'], {
        ...mmoll,
        decimals: 1,
        low: 3.5,
        high: 5.1,
        criticalLow: 2.8,
        criticalHigh: 6,
        mean: 4.3,
        spread: 0.6,
        shift: { kidney: 0.9 },
      }),
    ],
  },
  {
    name: 'Hemoglobin',
    procedure: 'hemoglobin',
    measures: [
      measure(['718-7', 'Hemoglobin [Mass/volume] in Blood', 'HGB'], {
        unit: 'g/dL',
        ucum: 'g/dL',
        decimals: 1,
        low: 12,
        high: 17.5,
        criticalLow: 7,
        mean: 13.8,
        spread: 1.9,
      }),
    ],
  },
  {
    name: 'Thyroid stimulating hormone',
    procedure: 'tsh',
    reasons: ['thyroid', 'anxiety'],
    measures: [
      measure(['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma', 'TSH'], {
        unit: 'mIU/L',
        ucum: 'm[IU]/L',
        decimals: 3,
        low: 0.45,
        high: 4.5,
        mean: 1.9,
        spread: 1.1,
        shift: { thyroid: 2.6 },
      }),
    ],
  },
  {
    name: 'Urine culture',
    procedure: 'urineCulture',
    reasons: ['urinary'],
    measures: [],
    words: {
      loinc: '630-4',
      display: 'Bacteria identified in Urine by Culture',
      localCode: 'UCX',
      findings: [
        { text: 'Escherichia coli, greater than 100,000 CFU/mL', interpretation: 'A' },
        { text: 'No growth after 48 hours', interpretation: 'N' },
      ],
    },
  },
  {
    name: 'Troponin I',
    procedure: 'troponin',
    reasons: ['chestPain'],
    measures: [
      measure(['10839-9', 'Troponin I.cardiac [Mass/volume] in Serum or Plasma', 'TROP'], {
        unit: 'ng/mL',
        ucum: 'ng/mL',
        decimals: 2,
        high: 0.04,
        // Below what the laboratory can measure: reported as less than 0.01.
        mean: 0,
        spread: 0,
      }),
    ],
  },
];

export const loinc = (code: string, display: string) => ({ system: LOINC, code, display });
