import type { Coded } from '../practice.ts';

/** ISO 639-2/T code and name by the primary part of a BCP 47 tag. */
const LANGUAGES: Readonly<Record<string, readonly [code: string, name: string]>> = {
  am: ['amh', 'Amharic'],
  ar: ['ara', 'Arabic'],
  bn: ['ben', 'Bengali'],
  bs: ['bos', 'Bosnian'],
  cs: ['ces', 'Czech'],
  da: ['dan', 'Danish'],
  de: ['deu', 'German'],
  el: ['ell', 'Greek, Modern'],
  en: ['eng', 'English'],
  es: ['spa', 'Spanish; Castilian'],
  fa: ['fas', 'Persian'],
  fi: ['fin', 'Finnish'],
  fil: ['fil', 'Filipino'],
  fr: ['fra', 'French'],
  gu: ['guj', 'Gujarati'],
  he: ['heb', 'Hebrew'],
  hi: ['hin', 'Hindi'],
  hmn: ['hmn', 'Hmong'],
  hr: ['hrv', 'Croatian'],
  ht: ['hat', 'Haitian'],
  hu: ['hun', 'Hungarian'],
  hy: ['hye', 'Armenian'],
  it: ['ita', 'Italian'],
  ja: ['jpn', 'Japanese'],
  km: ['khm', 'Central Khmer'],
  ko: ['kor', 'Korean'],
  lo: ['lao', 'Lao'],
  ne: ['nep', 'Nepali'],
  nl: ['nld', 'Dutch'],
  no: ['nor', 'Norwegian'],
  nv: ['nav', 'Navajo'],
  pa: ['pan', 'Panjabi'],
  pl: ['pol', 'Polish'],
  pt: ['por', 'Portuguese'],
  ro: ['ron', 'Romanian'],
  ru: ['rus', 'Russian'],
  so: ['som', 'Somali'],
  sr: ['srp', 'Serbian'],
  sv: ['swe', 'Swedish'],
  sw: ['swa', 'Swahili'],
  ta: ['tam', 'Tamil'],
  te: ['tel', 'Telugu'],
  th: ['tha', 'Thai'],
  tl: ['tgl', 'Tagalog'],
  tr: ['tur', 'Turkish'],
  uk: ['ukr', 'Ukrainian'],
  ur: ['urd', 'Urdu'],
  vi: ['vie', 'Vietnamese'],
  zh: ['zho', 'Chinese'],
};

/** The code that athenaNet keeps for a BCP 47 tag: regions and scripts have no place in it. */
export const languageCode = (tag: string): string | undefined => LANGUAGES[tag.toLowerCase().split('-')[0] ?? '']?.[0];

/** The other way round; undefined for a code that is not in the list. */
export const languageOf = (code: string): Coded | undefined => {
  const [tag, row] = Object.entries(LANGUAGES).find(([, [known]]) => known === code.toLowerCase()) ?? [];
  return tag === undefined || row === undefined ? undefined : { system: 'urn:ietf:bcp:47', code: tag, display: row[1] };
};

export const languageNames = (): readonly (readonly [code: string, name: string])[] => Object.values(LANGUAGES);
