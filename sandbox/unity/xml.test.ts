import { describe, expect, it } from 'vitest';
import { escapeXml, readXml } from './xml.ts';

describe('the text of an element', () => {
  it.each([
    ['named references', '&lt;b&gt; &quot;&apos; &amp;lt; &amp;#65;', '<b> "\' &lt; &#65;'],
    ['references by number', '&#13;&#xA;&#x1F600;&#233;', '\r\n😀é'],
    ['ends of lines', 'one\r\ntwo\nthree', 'one\ntwo\nthree'],
    ['a section that stands as it is', '<![CDATA[<b> &amp; "]]>&amp;', '<b> &amp; "&'],
    ['comments as nothing', 'one<!-- & -->two', 'onetwo'],
    ['signs of all kinds', 'ü 漢 😀', 'ü 漢 😀'],
  ])('reads %s', (_case, inside, text) => {
    expect(readXml(`<a>${inside}</a>`)?.text).toBe(text);
    if (!inside.includes('<'))
      expect(readXml(`<a b='${inside.replaceAll('\r\n', ' ')}'/>`)?.attributes.b).toBe(
        text.includes('three') ? 'one two three' : text,
      );
  });

  it.each(['"Tom & Jerry" <tom@example.org>\r\n', '&#10;', "O'Fernsby ü 😀\tx"])(
    'comes back as it was written: %j',
    (text) => {
      expect(readXml(`<a>${escapeXml(text)}</a>`)?.text).toBe(text);
    },
  );

  it.each([
    ['an open reference', '<a>this & that</a>'],
    ['a reference that nobody declared', '<a>&nbsp;</a>'],
    ['a reference to what XML does not allow', '<a>&#1;</a>'],
    ['a reference beyond all signs', '<a>&#x110000;</a>'],
    ['what XML does not allow', '<a>\u0001</a>'],
    ['half a sign', '<a>\ud800</a>'],
    ['an attribute that comes twice', '<a b="1" b="2"/>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['two roots', '<a/><b/>'],
  ])('is not read from %s', (_case, xml) => {
    expect(readXml(xml)).toBeUndefined();
  });
});
