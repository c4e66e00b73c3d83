import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { dataSet, row } from './fixture/vendor.ts';
import { cell, columnName, idCell, identifiedRows, mergedRow, saysNone, type Table, toTables } from './payload.ts';

const parse = (xml: string): unknown =>
  (
    new XMLParser({
      ignoreAttributes: false,
      attributesGroupName: 'attributes',
      attributeNamePrefix: '',
      textNodeName: '$value',
      removeNSPrefix: true,
      parseTagValue: false,
    }).parse(`<r>${xml}</r>`) as { readonly r: unknown }
  ).r;

const table = (columns: readonly string[], ...rows: readonly Record<string, string>[]): Table => ({
  name: 't',
  columns: new Set(columns.map(columnName)),
  rows: rows.map(row),
});

describe('a data set', () => {
  it('gives one row and many rows alike', () => {
    const one = toTables(parse(dataSet('GetX', [{ ID: '1', Name: 'A' }])), 's');
    const two = toTables(
      parse(
        dataSet('GetX', [
          { ID: '1', Name: 'A' },
          { ID: '2', Name: 'B' },
        ]),
      ),
      's',
    );
    expect(one[0]?.rows.map((each) => each.get('id'))).toEqual(['1']);
    expect(two[0]?.rows.map((each) => each.get('id'))).toEqual(['1', '2']);
  });

  it('knows the columns of an empty table', () => {
    const [empty] = toTables(parse(dataSet('GetX', [], ['Patient_ID', 'ApptTime'])), 's');
    expect(empty?.rows).toEqual([]);
    expect([...(empty?.columns ?? [])]).toEqual(['patientid', 'appttime']);
  });

  it.each([
    ['a missing column', '<diffgram><x><i><ID>7</ID></i></x></diffgram>', { id: '7' }],
    ['an empty cell', '<diffgram><x><i><ID>7</ID><A/></i></x></diffgram>', { id: '7' }],
    [
      'blanks that are kept',
      '<diffgram><x><i><ID>7</ID><A xml:space="preserve">   </A></i></x></diffgram>',
      { id: '7' },
    ],
    ['padding', '<diffgram><x><i><ID>7 </ID><A xml:space="preserve"> v  </A></i></x></diffgram>', { id: '7', a: 'v' }],
    ['attributes of a row', '<diffgram><x><i d:id="i1" m:rowOrder="0"><ID>7</ID></i></x></diffgram>', { id: '7' }],
    [
      'numbers that must stay text',
      '<diffgram><x><i><ID>007</ID><A>7.40</A></i></x></diffgram>',
      { id: '007', a: '7.40' },
    ],
    [
      'encoded column names',
      '<diffgram><x><i><First_x0020_Name>V</First_x0020_Name></i></x></diffgram>',
      { firstname: 'V' },
    ],
  ])('reads %s', (_, xml, cells) => {
    const [first] = toTables(parse(xml), 's');
    expect(Object.fromEntries(first?.rows[0] ?? [])).toEqual(cells);
  });

  it('drops rows of blanks', () => {
    expect(toTables(parse('<diffgram><x><i><ID/><A> </A></i></x></diffgram>'), 's')[0]?.rows).toEqual([]);
  });

  it('takes every table, whatever it is called', () => {
    const tables = toTables(parse('<diffgram><x><Table><A>1</A></Table><Table1><B>2</B></Table1></x></diffgram>'), 's');
    expect(Object.fromEntries(mergedRow(tables))).toEqual({ a: '1', b: '2' });
  });

  it.each([
    ['nothing', null],
    ['words', 'error'],
    ['another result', { GetSecurityTokenResult: 'x' }],
  ])('refuses %s', (_, result) => {
    expect(() => toTables(result, 's')).toThrow(expect.objectContaining({ code: 'BAD_VENDOR_ANSWER' }));
  });
});

describe('a cell', () => {
  it.each([
    ['PatientID', { Patient_ID: '5' }, '5'],
    ['Patient_ID', { patientID: '5' }, '5'],
    ['ssn', { ssn: 'No SSN' }, undefined],
    ['PrimaryInsurance', { PrimaryInsurance: 'no primary insurance' }, undefined],
    ['absent', { other: 'x' }, undefined],
  ])('finds %s whatever its casing, and takes phrases for nothing', (column, cells, expected) => {
    expect(cell(row(cells as unknown as Record<string, string>), column)).toBe(expected);
  });

  it.each([
    ['0', undefined],
    ['000', undefined],
    ['10', '10'],
  ])('reads id %s as %s', (raw, expected) => {
    expect(idCell(row({ ID: raw }), 'ID')).toBe(expected);
  });
});

describe('rows of a list', () => {
  it.each([
    ['an id of 0', table(['ID'], { ID: '0', patientid: '0' }), []],
    ['a sentence', table(['ID', 'name'], { name: 'No patients found' }), []],
    ['ids', table(['ID'], { ID: '1' }, { ID: '2' }), ['1', '2']],
  ])('understand %s', (_, given, ids) => {
    expect(identifiedRows([given], 's', 'ID').map((each) => each.get('id'))).toEqual(ids);
  });

  it.each([
    ['without the id column', table(['name'], { name: 'A', other: 'B' })],
    ['with a row that has no id', table(['ID', 'name'], { ID: '1', name: 'A' }, { name: 'B' })],
  ])('are refused %s', (_, given) => {
    expect(() => identifiedRows([given], 's', 'ID')).toThrow(expect.objectContaining({ code: 'BAD_VENDOR_ANSWER' }));
  });

  it('keep a result whose words look like a placeholder', () => {
    expect(saysNone(row({ ID: '9', Value: 'No parasites found' }))).toBe(false);
  });
});
