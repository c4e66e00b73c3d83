import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

interface Documents {
  readonly documents: readonly Readonly<Record<string, unknown>>[];
}

const PDF = { attachmenttype: 'PDF', attachmentcontents: 'JVBERi0xLjQK' };
const CONSENT = { departmentid: '1', documentsubclass: 'ADMIN_CONSENT', internalnote: 'Über "A&B"', ...PDF };
const LIST = '/patients/5001/documents';

describe('handing in a document', () => {
  it('gives its number as text, and the list shows it', async () => {
    const { write, read, simulator } = await caller();
    const answer = await write('POST', LIST, CONSENT);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { documentid: '1000000001' }]);
    const row = {
      adminid: 1000000001,
      documentclass: 'ADMIN',
      documentsubclass: 'ADMIN_CONSENT',
      documentsource: 'INTERFACE',
      status: 'REVIEW',
      departmentid: '1',
      internalnote: 'Über "A&B"',
      createddate: '11/20/2025',
      createddatetime: '2025-11-20T13:00:00-05:00',
      lastmodifieddatetime: '2025-11-20T13:00:00-05:00',
    };
    const { documents } = await read<Documents>(LIST, { departmentid: '1', documentclass: 'ADMIN' });
    expect(documents).toEqual([{ ...row, documentid: '1000000001', documentdescription: 'admin - consent' }]);
    expect(await read(`${LIST}/admin/1000000001`)).toEqual([
      { ...row, description: 'admin - consent', patientid: 5001 },
    ]);
    expect((await read<Documents>(LIST, { departmentid: '1' })).documents).toHaveLength(4);
    expect(simulator.commits).toMatchObject([
      {
        call: 'POST /patients/{patientid}/documents',
        kind: 'created',
        type: 'Document',
        record: { contentType: 'application/pdf', content: 'JVBERi0xLjQK', title: 'Über "A&B"' },
      },
    ]);
  });

  const multipart = (file: string, more = '') =>
    [
      '--xYz',
      'Content-Disposition: form-data; name="departmentid"',
      '',
      '1',
      '--xYz',
      'Content-Disposition: form-data; name="documentsubclass"',
      '',
      'ADMIN_CONSENT',
      '--xYz',
      `Content-Disposition: form-data; name="attachmentcontents"; filename="a.txt"${more}`,
      '',
      file,
      '--xYz--',
      '',
    ].join('\r\n');
  const MULTIPART = 'multipart/form-data; boundary=xYz';

  it.each([
    ['Größe:\r\n\r\n3 "m"', '', 'R3LDtsOfZToNCg0KMyAibSI='],
    ['JVBERi0xLjQK', '\r\nContent-Transfer-Encoding: base64', 'JVBERi0xLjQK'],
  ])('takes the file %j%s of a multipart form', async (file, more, content) => {
    const { write, simulator } = await caller();
    expect((await write('POST', LIST, multipart(file, more), MULTIPART)).status).toBe(200);
    expect(simulator.commits).toMatchObject([{ type: 'Document', record: { content, type: 'ADMIN_CONSENT' } }]);
  });

  it('takes no multipart form anywhere else, and none without its boundary', async () => {
    const { write } = await caller();
    expect((await write('POST', '/appointments/101/notes', multipart('x'), MULTIPART)).status).toBe(400);
    expect((await write('POST', LIST, multipart('x'), 'multipart/form-data')).status).toBe(400);
  });

  it.each([
    ['clinicaldocument', 'clinicaldocumentid', 'CLINICALDOCUMENT'],
    ['admin', 'adminid', 'ADMIN'],
  ])('of class %s gives %s as a number', async (path, name, documentClass) => {
    const { write, read } = await caller();
    const answer = await write('POST', `${LIST}/${path}`, { appointmentid: '105', ...PDF });
    expect(JSON.parse(answer.text)).toEqual({ success: true, [name]: 1000000001 });
    expect(await read(LIST, { departmentid: '1', documentsubclass: documentClass })).toMatchObject({
      documents: [{ documentid: '1000000001', documentclass: documentClass, departmentid: '2' }],
    });
  });

  it.each([
    [LIST, { ...CONSENT, documentsubclass: '' }, 400, { missingfields: ['documentsubclass'] }],
    [LIST, { ...CONSENT, departmentid: '' }, 400, { missingfields: ['departmentid', 'appointmentid'] }],
    [LIST, { ...CONSENT, attachmentcontents: '' }, 400, { missingfields: ['attachmentcontents'] }],
    [LIST, { ...CONSENT, attachmentcontents: 'no base64!' }, 400, {}],
    [LIST, { ...CONSENT, attachmentcontents: 'JV    xLjQK' }, 400, {}],
    [LIST, { ...CONSENT, attachmenttype: 'EXE' }, 400, {}],
    [LIST, { ...CONSENT, documentsubclass: 'NOPE' }, 400, { detailedmessage: 'Invalid DOCUMENTSUBCLASS input' }],
    [LIST, { ...CONSENT, departmentid: '3' }, 400, {}],
    [LIST, { ...PDF, documentsubclass: 'ADMIN', appointmentid: '102' }, 400, {}],
    [`${LIST}/clinicaldocument`, CONSENT, 400, { detailedmessage: 'Invalid DOCUMENTSUBCLASS input' }],
    ['/patients/9/documents', CONSENT, 404, {}],
  ])('is refused at %s for %j with %i %j', async (path, fields, status, body) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', path, fields);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, body]);
    expect(simulator.commits).toEqual([]);
  });

  it('shows nobody another patient’s, and a class only its own', async () => {
    const { write, get } = await caller();
    await write('POST', LIST, CONSENT);
    expect((await get('/patients/5002/documents/admin/1000000001')).status).toBe(404);
    expect((await get(`${LIST}/clinicaldocument/1000000001`)).status).toBe(404);
  });
});
