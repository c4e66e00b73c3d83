import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, inTag, openBench } from './caller.ts';
import { UNITY_SIGN_IN } from './simulator.ts';
import { escapeXml } from './xml.ts';

const { username, password, appName, ehrUser } = UNITY_SIGN_IN;
const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.simulator.close());

type Fields = Readonly<Record<string, string>>;

const parameters = (values: Fields): string =>
  Object.entries(values)
    .map(([name, value]) => `<Parameter><Name>${name}</Name><Value>${escapeXml(value)}</Value></Parameter>`)
    .join('');

const post = async (action: string, inside: string, secret: string = password): Promise<string> => {
  const body =
    `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header><Security xmlns="${SECURITY}"><UsernameToken>` +
    `<Username>${username}</Username><Password>${secret}</Password></UsernameToken></Security></soap:Header><soap:Body>` +
    `<Unity_RunRequest xmlns="http://www.allscripts.com/Unity"><PatientFindRequest><Action>${action}</Action>` +
    `<AppUserID>${ehrUser}</AppUserID><Appname>${appName}</Appname>${inside}` +
    '</PatientFindRequest></Unity_RunRequest></soap:Body></soap:Envelope>';
  const answer = await bench.post('/Unity/RunRequest', body, { 'content-type': 'application/soap+xml; charset=utf-8' });
  return answer.text();
};
const write = (action: string, values: Fields): Promise<string> => post(action, parameters(values));

const VISIT: Fields = {
  PatientID: '11',
  ProviderID: '4',
  AppointmentDate: '06/16/2025',
  AppointmentTime: '09:00',
  Duration: '30',
  ReasonCode: 'PHYSICAL & "more" <ü>',
};
const scheduled = async (id: string) => (await bench.rows('GetAppointmentById', { Parameter1: id }))[0];

describe("the guide's SaveAppointment", () => {
  it('books by its six values', async () => {
    const answer = await write('SaveAppointment', VISIT);
    expect([inTag(answer, 'AppointmentID'), inTag(answer, 'Status')]).toEqual(['110', 'Success']);
    expect(await scheduled('110')).toMatchObject({
      Patient_ID: '11',
      Resource_ID: '504',
      Appointment_DateTime: '06/16/2025 09:00:00 AM',
      Duration: '30',
      Status: 'S',
      Scheduling_Location_ID: '2',
      Appt_Comments: VISIT.ReasonCode,
    });
    expect(bench.simulator.commits).toMatchObject([{ call: 'RunRequest SaveAppointment', kind: 'created', id: 110 }]);
  });

  it('books as what the free time is for', async () => {
    await write('SaveAppointment', {
      ...VISIT,
      ProviderID: '3',
      AppointmentDate: '06/12/2025',
      AppointmentTime: '09:20',
    });
    expect(await scheduled('110')).toMatchObject({ Appt_Type_Desc: 'Flu Shot', Scheduling_Location_ID: '1' });
  });

  it('moves the visit whose id it is given', async () => {
    await write('SaveAppointment', VISIT);
    await write('saveappointment', { AppointmentID: '110', AppointmentTime: '10:30' });
    expect(await scheduled('110')).toMatchObject({
      Appointment_DateTime: '06/16/2025 10:30:00 AM',
      Appt_Comments: VISIT.ReasonCode,
    });
    expect(bench.simulator.commits.map(({ call, kind }) => [call, kind])).toEqual([
      ['RunRequest SaveAppointment', 'created'],
      ['RunRequest SaveAppointment', 'updated'],
    ]);
  });

  it('has committed when its answer is lost', async () => {
    bench.simulator.fault({ kind: 'lose', match: 'RunRequest SaveAppointment', times: 1 });
    await expect(write('SaveAppointment', VISIT)).rejects.toThrow();
    expect(await scheduled('110')).toMatchObject({ Status: 'S' });
  });

  it.each<[string, Fields, string]>([
    ['a patient who is not there', { ...VISIT, PatientID: '99' }, 'Patient_ID is not valid.'],
    ['a provider who is not there', { ...VISIT, ProviderID: '504' }, 'ProviderID is not valid.'],
    ['a day of another form', { ...VISIT, AppointmentDate: '2025-06-16' }, 'Appointment_Date is not valid.'],
    [
      'a time that clocks skip',
      { ...VISIT, AppointmentDate: '03/09/2025', AppointmentTime: '02:30' },
      'Appointment_Time does not exist on that day.',
    ],
    ['no time', { ...VISIT, AppointmentTime: '' }, 'Appointment_Time is required.'],
    ['a value of its own', { ...VISIT, Room: '4' }, 'Room is not recognized.'],
    [
      'time that is taken',
      { ...VISIT, AppointmentDate: '06/12/2025', AppointmentTime: '16:40' },
      'Resource is not available at the requested time.',
    ],
  ])('refuses %s', async (_case, values, text) => {
    expect(inTag(await write('SaveAppointment', values), 'STATUS')).toBe(`Critical: ${text}`);
    expect(bench.simulator.commits).toEqual([]);
  });

  it('refuses a value that comes twice, and a wrong password', async () => {
    const twice = await post('SaveAppointment', parameters(VISIT) + parameters({ Duration: '60' }));
    expect(inTag(twice, 'STATUS')).toBe('Critical: Duration is given twice.');
    expect(await post('SaveAppointment', parameters(VISIT), 'guess')).toContain('FailedAuthentication');
    expect(bench.simulator.commits).toEqual([]);
  });
});

describe("the guide's SaveClinicalDocument", () => {
  it.each([
    ['%PDF-1.1 a letter', 'application/pdf'],
    ['a line of text', 'text/plain'],
  ])('keeps %j', async (bytes, contentType) => {
    const DocumentContent = Buffer.from(bytes).toString('base64');
    const answer = await write('SaveClinicalDocument', { PatientID: '11', DocumentType: 'sLETTER', DocumentContent });
    expect([inTag(answer, 'DocumentID'), inTag(answer, 'Status')]).toEqual(['1', 'Success']);
    expect(await bench.rows('GetDocuments', { PatientID: '11' })).toMatchObject([
      { documentid: '1', documenttype: 'sLETTER', documentdate: '6/12/2025 12:00:00 PM' },
    ]);
    expect(bench.simulator.commits).toMatchObject([
      { call: 'RunRequest SaveClinicalDocument', record: { contentType, content: DocumentContent } },
    ]);
  });

  it.each<[string, Fields, string]>([
    [
      'a patient who is not there',
      { PatientID: '99', DocumentType: 'sLETTER', DocumentContent: 'AAAA' },
      'PatientID is not valid.',
    ],
    ['no type', { PatientID: '11', DocumentContent: 'AAAA' }, 'DocumentType is required.'],
    [
      'an unknown type',
      { PatientID: '11', DocumentType: 'sPOEM', DocumentContent: 'AAAA' },
      'DocumentType is not valid.',
    ],
    ['no content', { PatientID: '11', DocumentType: 'sLETTER' }, 'DocumentContent is required.'],
    [
      'content that is none',
      { PatientID: '11', DocumentType: 'sLETTER', DocumentContent: 'a letter' },
      'DocumentContent is not valid.',
    ],
  ])('refuses %s', async (_case, values, text) => {
    expect(inTag(await write('SaveClinicalDocument', values), 'STATUS')).toBe(`Critical: ${text}`);
    expect(bench.simulator.commits).toEqual([]);
  });

  it('is not an action of the other doors', async () => {
    const call = { Action: 'SaveClinicalDocument', UserID: ehrUser, Token: await bench.signIn() };
    expect(await (await bench.magic(call)).text()).toContain('Action is not valid for this license.');
  });
});
