import type { CodeableConcept } from '../../../schema/values.ts';
import { concept, SYSTEM, textConcept } from '../../vendor/concept.ts';
import { codeTable } from '../../vendor/table.ts';

/** A row of a table whose keys come from a vendor: what every object has (`constructor`) is not in it. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined =>
  key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;

/** Administrative sex: the EHR's words and the letters that the guide and Practice Management use. */
export const GENDER = codeTable({
  M: 'MALE',
  F: 'FEMALE',
  O: 'OTHER',
  U: 'UNKNOWN',
  Male: 'MALE',
  Female: 'FEMALE',
  Other: 'OTHER',
  Unknown: 'UNKNOWN',
});

interface Coded {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}
const race = (code: string, display: string): Coded => ({ system: SYSTEM.cdcRaceEthnicity, code, display });
const unknown: Coded = { system: SYSTEM.nullFlavor, code: 'UNK', display: 'Unknown' };
const declined: Coded = { system: SYSTEM.nullFlavor, code: 'ASKU', display: 'Asked but no answer' };
const NOT_TOLD: Readonly<Record<string, Coded>> = {
  Unknown: unknown,
  Declined: declined,
  'Patient Declined': declined,
  'Declined to Specify': declined,
  'Declined to answer': declined,
};

/** Words of which we are sure, with their codes of CDC Race and Ethnicity; the first word of a code goes back out. */
const RACE: Readonly<Record<string, Coded>> = {
  White: race('2106-3', 'White'),
  'Black or African American': race('2054-5', 'Black or African American'),
  Black: race('2054-5', 'Black or African American'),
  'African American': race('2054-5', 'Black or African American'),
  Asian: race('2028-9', 'Asian'),
  'American Indian or Alaska Native': race('1002-5', 'American Indian or Alaska Native'),
  'Native Hawaiian or Other Pacific Islander': race('2076-8', 'Native Hawaiian or Other Pacific Islander'),
  'Other Race': race('2131-1', 'Other Race'),
  ...NOT_TOLD,
};

const ETHNICITY: Readonly<Record<string, Coded>> = {
  'Hispanic or Latino': race('2135-2', 'Hispanic or Latino'),
  'Hispanic/Latino': race('2135-2', 'Hispanic or Latino'),
  'Not Hispanic or Latino': race('2186-5', 'Not Hispanic or Latino'),
  'Not Hispanic/Latino': race('2186-5', 'Not Hispanic or Latino'),
  ...NOT_TOLD,
};

const language = (code: string, display: string): Coded => ({ system: SYSTEM.bcp47, code, display });

/** Words and ISO 639-2 codes to BCP 47. */
const LANGUAGE: Readonly<Record<string, Coded>> = Object.fromEntries(
  (
    [
      ['English', 'eng', 'en'],
      ['Spanish', 'spa', 'es'],
      ['French', 'fra', 'fr'],
      ['German', 'deu', 'de'],
      ['Italian', 'ita', 'it'],
      ['Portuguese', 'por', 'pt'],
      ['Polish', 'pol', 'pl'],
      ['Russian', 'rus', 'ru'],
      ['Ukrainian', 'ukr', 'uk'],
      ['Chinese', 'zho', 'zh'],
      ['Mandarin', 'cmn', 'cmn'],
      ['Cantonese', 'yue', 'yue'],
      ['Japanese', 'jpn', 'ja'],
      ['Korean', 'kor', 'ko'],
      ['Vietnamese', 'vie', 'vi'],
      ['Tagalog', 'tgl', 'tl'],
      ['Hindi', 'hin', 'hi'],
      ['Arabic', 'ara', 'ar'],
      ['Haitian Creole', 'hat', 'ht'],
      ['American Sign Language', 'ase', 'ase'],
    ] as const
  ).flatMap(([word, three, code]) => [word, three, code].map((raw) => [raw, language(code, word)])),
);

const normal = (raw: string): string => raw.trim().toLowerCase();

/** Both directions of a list of words: to a concept, and back to the word that the vendor uses. */
const words = (table: Readonly<Record<string, Coded>>) => {
  const forward = new Map(Object.entries(table).map(([word, coded]) => [normal(word), coded]));
  for (const coded of Object.values(table)) forward.set(normal(coded.code), coded);
  const back = new Map(
    Object.entries(table)
      .reverse()
      .map(([word, { system, code }]) => [`${system} ${code}`, word]),
  );
  const known = (raw: string): Coded | undefined => forward.get(normal(raw));
  return {
    known: (raw: string): boolean => known(raw) !== undefined,
    /** The concept of a code alone; `undefined` when the vendor has no word for it. */
    ofCode: (code: string): CodeableConcept | undefined => {
      const coded = Object.values(table).find((one) => normal(one.code) === normal(code));
      return coded === undefined ? undefined : concept(coded.system, coded.code, coded.display);
    },
    /** A word that is not in the table stays text. */
    to: (raw: string): CodeableConcept => {
      const coded = known(raw);
      return coded === undefined ? textConcept(raw) : concept(coded.system, coded.code, coded.display, raw);
    },
    from: (unified: CodeableConcept): string | undefined =>
      unified.codings.map(({ system, code }) => back.get(`${system} ${code}`)).find((word) => word !== undefined) ??
      unified.text ??
      undefined,
  };
};

export const RACES = words(RACE);
export const ETHNICITIES = words(ETHNICITY);
export const LANGUAGES = words(LANGUAGE);

/** Several races in one cell are told apart only when each part is a word we know. */
export const toRaces = (raw: string | undefined): readonly CodeableConcept[] => {
  if (raw === undefined) return [];
  const parts = raw.split(/[;|,]/).map((part) => part.trim());
  return (parts.every(RACES.known) ? parts : [raw]).map(RACES.to);
};
/** With pipes between them, as Unity writes lists elsewhere. */
export const fromRaces = (unified: readonly CodeableConcept[]): string | undefined => {
  const found = unified.map(RACES.from).filter((word) => word !== undefined);
  return found.length === 0 ? undefined : found.join('|');
};
