import type { Coded } from '../practice.ts';

export const LOINC = 'http://loinc.org';
export const SNOMED = 'http://snomed.info/sct';
const CDC_RACE = 'urn:oid:2.16.840.1.113883.6.238';

const table = <K extends string>(system: string, rows: Readonly<Record<K, readonly [string, string]>>) =>
  Object.fromEntries(
    Object.entries<readonly [string, string]>(rows).map(([name, [code, display]]) => [name, { system, code, display }]),
  ) as Readonly<Record<K, Coded>>;

export const RACE = table(CDC_RACE, {
  native: ['1002-5', 'American Indian or Alaska Native'],
  asian: ['2028-9', 'Asian'],
  black: ['2054-5', 'Black or African American'],
  pacific: ['2076-8', 'Native Hawaiian or Other Pacific Islander'],
  white: ['2106-3', 'White'],
  other: ['2131-1', 'Other Race'],
});

export const ETHNICITY = table(CDC_RACE, {
  hispanic: ['2135-2', 'Hispanic or Latino'],
  notHispanic: ['2186-5', 'Not Hispanic or Latino'],
});

export const LANGUAGE = table('urn:ietf:bcp:47', {
  english: ['en', 'English'],
  spanish: ['es', 'Spanish'],
  chinese: ['zh', 'Chinese'],
  arabic: ['ar', 'Arabic'],
  russian: ['ru', 'Russian'],
  polish: ['pl', 'Polish'],
  french: ['fr', 'French'],
  vietnamese: ['vi', 'Vietnamese'],
});

export const DIAGNOSIS = table('http://hl7.org/fhir/sid/icd-10-cm', {
  hypertension: ['I10', 'Essential (primary) hypertension'],
  diabetes: ['E11.9', 'Type 2 diabetes mellitus without complications'],
  lipids: ['E78.5', 'Hyperlipidemia, unspecified'],
  thyroid: ['E03.9', 'Hypothyroidism, unspecified'],
  asthma: ['J45.909', 'Unspecified asthma, uncomplicated'],
  anxiety: ['F41.1', 'Generalized anxiety disorder'],
  reflux: ['K21.9', 'Gastro-esophageal reflux disease without esophagitis'],
  kidney: ['N18.30', 'Chronic kidney disease, stage 3 unspecified'],
  urinary: ['N39.0', 'Urinary tract infection, site not specified'],
  chestPain: ['R07.9', 'Chest pain, unspecified'],
  cold: ['J06.9', 'Acute upper respiratory infection, unspecified'],
  backPain: ['M54.50', 'Low back pain, unspecified'],
  fatigue: ['R53.83', 'Other fatigue'],
  anemia: ['D64.9', 'Anemia, unspecified'],
  checkup: ['Z00.00', 'Encounter for general adult medical examination without abnormal findings'],
  childCheckup: ['Z00.129', 'Encounter for routine child health examination without abnormal findings'],
  vaccination: ['Z23', 'Encounter for immunization'],
});
export type Diagnosis = keyof typeof DIAGNOSIS;

export const PROCEDURE = table('http://www.ama-assn.org/go/cpt', {
  visitShort: ['99213', 'Office visit, established patient, low complexity'],
  visitLong: ['99214', 'Office visit, established patient, moderate complexity'],
  visitNew: ['99203', 'Office visit, new patient, low complexity'],
  physical: ['99396', 'Preventive visit, established patient, age 40-64'],
  ecg: ['93000', 'Electrocardiogram, routine, with interpretation'],
  hba1c: ['83036', 'Hemoglobin; glycosylated (A1c)'],
  lipids: ['80061', 'Lipid panel'],
  metabolic: ['80048', 'Basic metabolic panel'],
  hemoglobin: ['85018', 'Blood count; hemoglobin'],
  tsh: ['84443', 'Thyroid stimulating hormone'],
  urineCulture: ['87086', 'Culture, bacterial; quantitative colony count, urine'],
  troponin: ['84484', 'Troponin, quantitative'],
  bloodDraw: ['36415', 'Collection of venous blood by venipuncture'],
  vaccineFirst: ['90471', 'Immunization administration, one vaccine'],
  vaccineMore: ['90472', 'Immunization administration, each additional vaccine'],
});
export type Procedure = keyof typeof PROCEDURE;

/** What a practice charges for one unit, in cents. */
export const CHARGE: Readonly<Record<Procedure, number>> = {
  visitShort: 12_500,
  visitLong: 18_500,
  visitNew: 16_250,
  physical: 21_000,
  ecg: 6_500,
  hba1c: 2_850,
  lipids: 4_525,
  metabolic: 3_240,
  hemoglobin: 1_275,
  tsh: 5_910,
  urineCulture: 3_895,
  troponin: 4_460,
  bloodDraw: 1_200,
  vaccineFirst: 2_800,
  vaccineMore: 1_450,
};

export const SMOKING = table(SNOMED, {
  never: ['266919005', 'Never smoked tobacco'],
  former: ['8517006', 'Ex-smoker'],
  current: ['77176002', 'Smoker'],
});
