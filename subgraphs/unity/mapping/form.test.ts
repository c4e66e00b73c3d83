import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { localToInstant } from '../../vendor/time.ts';
import { attributesXml, elementsXml, formOf, toClock } from './form.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  trimValues: false,
});

const TEXTS = ['', 'plain', '<b>&amp;</b>', `"double" and 'single'`, ']]>', 'Zoë 🩺 Müller', 'true', '007', ' a  b '];

describe('the XML of a parameter', () => {
  it.each(TEXTS)('carries %j as an element and as an attribute', (text) => {
    expect(parser.parse(elementsXml('patient', { Last_Name: text }))).toEqual({ patient: { Last_Name: text } });
    expect(parser.parse(attributesXml('doc', 'item', [{ name: 'a', value: text }]))).toEqual({
      doc: { item: { name: 'a', value: text } },
    });
  });

  it('keeps the order of the form, and lines of a text', () => {
    const xml = elementsXml('appointment', { Patient_ID: '1', Comments: 'one\ntwo', Duration: '30' });
    expect(xml).toBe(
      '<appointment><Patient_ID>1</Patient_ID><Comments>one\ntwo</Comments><Duration>30</Duration></appointment>',
    );
  });

  it('has nothing of what is not given, and an empty element for what is to be empty', () => {
    expect(formOf({ a: undefined, b: null, c: '', d: 'x' })).toEqual({ c: '', d: 'x' });
  });
});

describe('the practice’s clock', () => {
  const zone = 'America/Chicago';

  it.each([
    ['2025-06-13T14:00:00Z', { date: '2025-06-13', time: '09:00' }],
    ['2025-01-01T05:59:00Z', { date: '2024-12-31', time: '23:59' }],
    ['2025-11-02T06:30:00Z', { date: '2025-11-02', time: '01:30' }],
    ['2025-11-02T07:30:00Z', undefined],
    ['2025-06-13T14:00:01Z', undefined],
    ['2025-06-13T14:00:00.5Z', undefined],
  ])('says %s as %j', (instant, expected) => {
    expect(toClock(instant, zone)).toEqual(expected);
  });

  it.each(['America/Chicago', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Kolkata'])(
    'of %s says every half hour of a year so that it is read back, or not at all',
    (place) => {
      const halves = Array.from({ length: 365 * 48 }, (_, i) => Date.parse('2025-01-01T00:00:00Z') + i * 30 * 60_000);
      const clocks = halves.map((at) => ({ at, clock: toClock(new Date(at).toISOString(), place) }));
      const misread = clocks.filter(
        ({ at, clock }) => clock !== undefined && Date.parse(localToInstant(clock.date, clock.time, place)) !== at,
      );
      const unsayable = clocks.filter(({ clock }) => clock === undefined).length;
      expect(misread).toEqual([]);
      // the hour, or half of one, that comes twice
      expect(unsayable).toBe({ 'America/Chicago': 2, 'America/St_Johns': 2, 'Australia/Lord_Howe': 1 }[place] ?? 0);
    },
  );
});
