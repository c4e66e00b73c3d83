import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../../vendor/concept.ts';
import { ETHNICITIES, fromRaces, GENDER, LANGUAGES, lookUp, toRaces } from './code.ts';

describe('administrative sex', () => {
  it.each([
    ['M', 'MALE'],
    ['f', 'FEMALE'],
    ['O', 'OTHER'],
    ['U', 'UNKNOWN'],
    ['Female', 'FEMALE'],
    [' male ', 'MALE'],
    ['Other', 'OTHER'],
    ['Unknown', 'UNKNOWN'],
    ['X', undefined],
    [undefined, undefined],
  ])('%s is %s', (raw, expected) => {
    expect(GENDER.to(raw)).toBe(expected);
  });

  it.each([
    ['MALE', 'M'],
    ['FEMALE', 'F'],
    ['OTHER', 'O'],
    ['UNKNOWN', 'U'],
  ] as const)('%s goes back as %s', (unified, raw) => {
    expect(GENDER.from(unified)).toBe(raw);
  });
});

describe('race and ethnicity', () => {
  it.each([
    ['White', '2106-3'],
    ['Black or African American', '2054-5'],
    ['asian', '2028-9'],
    ['American Indian or Alaska Native', '1002-5'],
    ['Native Hawaiian or Other Pacific Islander', '2076-8'],
    ['Other Race', '2131-1'],
    ['2106-3', '2106-3'],
  ])('%s is a code of CDC and goes back', (raw, code) => {
    const [race] = toRaces(raw);
    expect(race?.codings).toMatchObject([{ system: SYSTEM.cdcRaceEthnicity, code }]);
    expect(race?.text).toBe(raw);
    expect(toRaces(fromRaces(toRaces(raw)))[0]?.codings).toEqual(race?.codings);
  });

  it.each([
    ['White; Asian', ['2106-3', '2028-9']],
    ['White|Asian', ['2106-3', '2028-9']],
  ])('%s is two', (raw, codes) => {
    expect(toRaces(raw).map(({ codings }) => codings[0]?.code)).toEqual(codes);
    expect(fromRaces(toRaces(raw))).toBe('White|Asian');
  });

  it.each(['Caucasian, European', 'Samoan', 'White; Martian'])('%s stays words, in one piece', (raw) => {
    expect(toRaces(raw)).toEqual([{ codings: [], text: raw }]);
    expect(fromRaces(toRaces(raw))).toBe(raw);
  });

  it('tells an answer that was declined from no answer', () => {
    expect(toRaces('Declined')).toMatchObject([{ codings: [{ system: SYSTEM.nullFlavor, code: 'ASKU' }] }]);
    expect(toRaces(undefined)).toEqual([]);
    expect(fromRaces([])).toBeUndefined();
  });

  it.each([
    ['Hispanic or Latino', '2135-2'],
    ['Not Hispanic or Latino', '2186-5'],
  ])('%s is an ethnicity of CDC and goes back', (raw, code) => {
    expect(ETHNICITIES.to(raw).codings).toMatchObject([{ system: SYSTEM.cdcRaceEthnicity, code }]);
    expect(ETHNICITIES.from(ETHNICITIES.to(raw))).toBe(raw);
  });

  it('leaves an ethnicity that it does not know as words', () => {
    expect(ETHNICITIES.to('Basque')).toEqual({ codings: [], text: 'Basque' });
    expect(ETHNICITIES.from(ETHNICITIES.to('Basque'))).toBe('Basque');
  });
});

describe('language', () => {
  it.each([
    ['English', 'en', 'English'],
    ['spa', 'es', 'Spanish'],
    ['EN', 'en', 'English'],
    ['Haitian Creole', 'ht', 'Haitian Creole'],
  ])('%s is %s and goes back as %s', (raw, code, word) => {
    expect(LANGUAGES.to(raw).codings).toMatchObject([{ system: SYSTEM.bcp47, code }]);
    expect(LANGUAGES.from(LANGUAGES.to(raw))).toBe(word);
  });

  it('stays words when it is not in the list', () => {
    expect(LANGUAGES.to('Klingon')).toEqual({ codings: [], text: 'Klingon' });
  });
});

it.each(['constructor', '__proto__', 'toString'])('finds nothing under %s in a table', (key) => {
  expect(lookUp({ a: 1 }, key)).toBeUndefined();
});
