import { expect, it } from 'vitest';
import { dataSetJson, dataSetXml, type Spec, table } from './dataset.ts';
import { smallPractice } from './fixture.ts';
import { openWorld } from './world.ts';

const world = openWorld(smallPractice(), 'touchworks', () => 0);
const VALUE: Spec<string | undefined> = { Value: (text) => text };
const cell = (text: string | undefined): string => {
  const xml = dataSetXml('GetThing', [table(world, VALUE, [text])]);
  return xml.slice(xml.indexOf('msdata:rowOrder="0">') + 20, xml.indexOf('</getthinginfo>'));
};

it.each([
  ['text', '<Value>text</Value>'],
  ['padded   ', '<Value>padded   </Value>'],
  ['   ', '<Value xml:space="preserve">   </Value>'],
  ['', '<Value/>'],
  [undefined, ''],
  ['a & <b> "c"\r\n', '<Value>a &amp; &lt;b&gt; &quot;c&quot;&#xD;\n</Value>'],
])('writes the cell %j', (text, xml) => {
  expect(cell(text)).toBe(xml);
});

it('writes NULL as empty text in JSON, and keeps padding', () => {
  expect(
    JSON.parse(dataSetJson('GetThing', [table(world, VALUE, [undefined, 'a  ']), table(world, VALUE, [])])),
  ).toEqual([{ getthinginfo: [{ Value: '' }, { Value: 'a  ' }] }, { getthinginfo1: [] }]);
});
