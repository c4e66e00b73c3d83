import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, type Row } from './caller.ts';
import { escapeXml } from './xml.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.simulator.close());

type Fields = Readonly<Record<string, string>>;

const BYTES = Buffer.from('%PDF-1.1 a letter');
const CONTENT = BYTES.toString('base64');
const ITEMS: Fields = {
  documentCommand: 'i',
  documentType: 'sLETTER',
  offset: '0',
  bytesRead: String(BYTES.length),
  bDoneUpload: 'false',
  documentVar: '',
  documentID: '0',
  vendorFileName: 'letter "of" <June> & more ü.pdf',
  ahsEncounterDTTM: '2025-06-10 09:00:00',
  ahsEncounterID: '7101',
  ownerCode: 'MARCHBANKS3',
  organizationName: 'Quince Street Practice',
  patientFirstName: 'Wren',
  patientLastName: "O'Fernsby",
  Orientation: '1',
  auditCCDASummary: 'N',
};

const doc = (items: Fields): string =>
  `<doc>${Object.entries(items)
    .map(([name, value]) => `<item name="${name}" value="${escapeXml(value)}"/>`)
    .join('')}</doc>`;
const call = async (items: Fields, more: Fields = {}, on = bench): Promise<Row | undefined> =>
  (await on.rows('SaveDocumentImage', { PatientID: '11', Parameter1: doc({ ...ITEMS, ...items }), ...more }))[0];
const begin = async (items: Fields = {}): Promise<string> =>
  (await call(items, { Parameter6: CONTENT }))?.documentVar ?? '';
const finish = async (documentVar: string, items: Fields = {}, more: Fields = {}) =>
  call({ bDoneUpload: 'true', documentVar, ...items }, more);

describe('SaveDocumentImage', () => {
  it('keeps a document by its second call, and every read shows it', async () => {
    const documentVar = await begin();
    expect(documentVar).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(bench.simulator.commits).toEqual([]);
    expect(await finish(documentVar)).toEqual({ documentVar, documentID: '1' });
    expect(await bench.rows('GetDocuments', { PatientID: '11' })).toEqual([
      {
        documentid: '1',
        documenttype: 'sLETTER',
        description: ITEMS.vendorFileName,
        documentdate: '6/10/2025 9:00:00 AM',
        status: 'Final',
        author: 'Marchbanks, Odile',
      },
    ]);
    expect(await bench.rows('GetDocumentImage', { PatientID: '11', Parameter1: '1', Parameter2: 'sLETTER' })).toEqual([
      { DisplayName: ITEMS.vendorFileName, DocumentImage: CONTENT },
    ]);
    expect(bench.simulator.commits).toMatchObject([
      {
        call: 'Magic SaveDocumentImage',
        kind: 'created',
        type: 'Document',
        record: {
          patientId: 11,
          appointmentId: 101,
          practitionerId: 3,
          contentType: 'application/pdf',
          content: CONTENT,
        },
      },
    ]);
  });

  it('takes the bytes beside the parameters, in lines, and in parts', async () => {
    const [first, rest] = [BYTES.subarray(0, 4), BYTES.subarray(4)];
    const documentVar = (await call({ bytesRead: '4' }, { Data: `${first.toString('base64')}\n` }))?.documentVar ?? '';
    const part = { documentVar, offset: '4', bytesRead: String(rest.length) };
    expect(await call(part, { Parameter6: rest.toString('base64') })).toEqual({ documentVar });
    await finish(documentVar);
    expect(bench.simulator.commits[0]?.record).toMatchObject({ content: CONTENT });
  });

  it('has committed when its last answer is lost', async () => {
    const documentVar = await begin();
    bench.simulator.fault({ kind: 'lose', match: 'Magic SaveDocumentImage', times: 1 });
    await expect(finish(documentVar)).rejects.toThrow();
    expect(column(await bench.rows('GetDocuments', { PatientID: '11' }), 'documentid')).toEqual(['1']);
    expect(await finish(documentVar)).toEqual({ STATUS: 'Critical: documentVar is not valid.' });
    expect(bench.simulator.commits).toHaveLength(1);
  });

  it("wants another product's names of types there", async () => {
    const professional = await openBench({ product: 'professional' });
    const more = { Parameter6: CONTENT };
    expect(await call({}, more, professional)).toEqual({ STATUS: 'Critical: documentType is not valid.' });
    expect(Object.keys((await call({ documentType: '2' }, more, professional)) ?? {})).toEqual(['documentVar']);
    await professional.simulator.close();
  });

  it.each<[string, Fields, Fields, string]>([
    ['a patient who is not there', {}, { PatientID: '99' }, 'PatientID is not valid.'],
    ['another patient', {}, { PatientID: '12' }, 'Patient name does not match.'],
    ['to change a document', { documentCommand: 'u' }, {}, 'documentCommand is not supported.'],
    ['an unknown type', { documentType: 'sPOEM' }, {}, 'documentType is not valid.'],
    ['an unknown owner', { ownerCode: 'NOBODY' }, {}, 'ownerCode is not valid.'],
    ["another patient's encounter", { ahsEncounterID: '7102' }, {}, 'ahsEncounterID is not valid.'],
    ['no name of a file', { vendorFileName: '' }, {}, 'vendorFileName is required.'],
    ['an item of its own', { mood: 'good' }, {}, 'mood is not recognized.'],
    ['a wrong length', { bytesRead: '24' }, {}, 'bytesRead is not valid.'],
    ['a part out of order', { offset: '4' }, {}, 'offset is not valid.'],
    ['no bytes', { bytesRead: '0' }, { Parameter6: '' }, 'bytesRead is not valid.'],
    ['bytes twice', {}, { Data: CONTENT }, 'Document is given twice.'],
    ['bytes that are none', {}, { Parameter6: 'no bytes' }, 'Document is not valid.'],
    ['neither yes nor no', { bDoneUpload: 'maybe' }, {}, 'bDoneUpload is not valid.'],
    ['an unknown upload', { documentVar: 'b7b1d8f2-7c1e-4f61-9a53-1f0b6d5d2e10' }, {}, 'documentVar is not valid.'],
    ['an end before the beginning', { bDoneUpload: 'true' }, {}, 'documentVar is not valid.'],
    ['other XML', {}, { Parameter1: '<doc><line/></doc>' }, 'XML is not valid.'],
  ])('refuses %s', async (_case, items, more, text) => {
    expect(await call(items, { Parameter6: CONTENT, ...more })).toEqual({ STATUS: `Critical: ${text}` });
  });

  it("does not finish another patient's document", async () => {
    const documentVar = await begin();
    const other = { patientFirstName: 'Basil', patientLastName: 'Fernhill', ahsEncounterID: '0' };
    expect(await finish(documentVar, other, { PatientID: '12' })).toEqual({
      STATUS: 'Critical: documentVar is not valid.',
    });
    expect(bench.simulator.commits).toEqual([]);
  });
});

describe('GetDocuments', () => {
  it.each<[string, Fields, readonly string[]]>([
    ['of the patient', {}, ['1']],
    ['of nobody else', { PatientID: '12' }, []],
    ['from a time on', { Parameter1: '2025-06-10T09:00:00' }, ['1']],
    ['from a later time on', { Parameter1: '2025-06-10T09:00:01' }, []],
    ['until a time', { Parameter2: '2025-06-10T09:00:00' }, ['1']],
    ['until an earlier time', { Parameter2: '2025-06-10' }, []],
    ['of an id', { Parameter3: '1' }, ['1']],
    ['of another id', { Parameter3: '2' }, []],
    ['of a type', { Parameter4: 'sLETTER' }, ['1']],
    ['of another type', { Parameter4: 'sEKG' }, []],
  ])('tells documents %s', async (_case, asked, ids) => {
    await finish(await begin());
    expect(column(await bench.rows('GetDocuments', { PatientID: '11', ...asked }), 'documentid')).toEqual(ids);
  });
});
