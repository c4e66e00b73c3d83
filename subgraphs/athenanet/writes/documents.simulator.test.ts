import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { desk, failure, pathsOf, thrownBy } from '../../../test/athenanet/desk.ts';

type Input = Commands['saveDocument'];

const CONTENT = Buffer.from('%PDF-1.4\n').toString('base64');
const CONSENT: Input = {
  patient: '5001',
  type: 'ADMIN_CONSENT',
  title: 'Consent “A” & B',
  contentType: 'application/pdf',
  content: CONTENT,
};

describe('saving a document', () => {
  it.each([
    { type: 'ADMIN_CONSENT', path: '/patients/5001/documents', subclass: 'ADMIN_CONSENT' },
    { type: '59284-0', path: '/patients/5001/documents', subclass: 'ADMIN_CONSENT' },
    { type: 'CLINICALDOCUMENT', path: '/patients/5001/documents/clinicaldocument', subclass: 'CLINICALDOCUMENT' },
    { type: '34133-9', path: '/patients/5001/documents/clinicaldocument', subclass: 'CLINICALDOCUMENT' },
  ])('of type $type goes to $path, in the vendor’s form', async ({ type, path, subclass }) => {
    const one = await desk();
    const { key } = await one.write('saveDocument', { ...CONSENT, type }).send();
    expect(one.wire('POST', path).form).toEqual({
      departmentid: '1',
      documentsubclass: subclass,
      internalnote: CONSENT.title,
      attachmenttype: 'PDF',
      attachmentcontents: CONTENT,
    });
    expect(key).toMatch(/^\d+$/);
    expect(one.commits().map(({ type: kind, record }) => [kind, record])).toMatchObject([
      ['Document', { patientId: 5001, content: CONTENT, contentType: 'application/pdf', title: CONSENT.title }],
    ]);
  });

  it('finds the department that keeps the chart', async () => {
    const one = await desk();
    await one.write('saveDocument', { ...CONSENT, patient: '5003' }).send();
    expect(one.wire('POST', '/patients/5003/documents').form).toMatchObject({ departmentid: '3' });
  });

  it.each([
    { title: 'a kind that is none', input: { type: 'a letter' }, paths: ['type'] },
    { title: 'a file that athenaNet takes not', input: { contentType: 'video/mp4' }, paths: ['contentType'] },
    { title: 'too large', input: { content: 'A'.repeat(26_666_672) }, paths: ['content'] },
  ])('knows without asking that it is $title', async ({ input, paths }) => {
    const one = await desk();
    const wanted = { ...CONSENT, ...input };
    const error = thrownBy(() => one.write('saveDocument', wanted).writer.plan(wanted));
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', paths]);
  });

  it.each([
    { title: 'a kind that the vendor has not', input: { type: 'LETTER' }, code: 'VENDOR_REJECTED' },
    { title: 'a patient who is not there', input: { patient: '9999' }, code: 'NOT_FOUND' },
  ])('says $code for $title', async ({ input, code }) => {
    const one = await desk();
    expect((await failure(one.write('saveDocument', { ...CONSENT, ...input }).send())).code).toBe(code);
    expect(one.commits()).toEqual([]);
  });

  it('shows neither text nor title in its plan', async () => {
    const one = await desk();
    const plan = JSON.stringify(one.write('saveDocument', CONSENT).writer.plan(CONSENT));
    expect(plan).not.toMatch(new RegExp(`${CONTENT}|Consent “`));
  });
});

describe('a document whose answer is lost', () => {
  it('is found among those of its kind', async () => {
    const one = await desk();
    await one.write('saveDocument', CONSENT).send();
    one.simulator.fault({ kind: 'lose', match: 'POST /patients/{patientid}/documents', times: 1 });
    const attempts = one.write('saveDocument', CONSENT);
    expect((await failure(attempts.send())).code).toBe('SOURCE_UNAVAILABLE');
    const seen = await attempts.find();
    expect(seen.kind).toBe('found');
    expect(one.commits('Document')).toHaveLength(2);
  });

  it('is absent when it never arrived, whatever was saved before', async () => {
    const one = await desk();
    await one.write('saveDocument', CONSENT).send();
    one.simulator.fault({ kind: 'reset', match: 'POST /patients/{patientid}/documents', times: 1 });
    const attempts = one.write('saveDocument', CONSENT);
    expect(await attempts.find()).toEqual({ kind: 'absent' });
    await failure(attempts.send());
    expect(await attempts.find()).toEqual({ kind: 'absent' });
  });

  it('is not told from others that were saved meanwhile, but for their notes', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'POST /patients/{patientid}/documents', times: 1 });
    const attempts = one.write('saveDocument', CONSENT);
    await failure(attempts.send());
    await one.write('saveDocument', { ...CONSENT, title: 'Another' }).send();
    expect((await attempts.find()).kind).toBe('found');
    await one.write('saveDocument', CONSENT).send();
    expect((await attempts.find()).kind).toBe('unclear');
  });
});
