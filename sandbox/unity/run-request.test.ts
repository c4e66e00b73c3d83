import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './caller.ts';
import { UNITY_SIGN_IN } from './simulator.ts';

const { username, password, appName, ehrUser } = UNITY_SIGN_IN;
const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const HEADERS = { 'content-type': 'application/soap+xml; charset=utf-8' };

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.simulator.close());

interface Asked {
  readonly action: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly search?: string;
  readonly user?: string;
  readonly app?: string;
  readonly secret?: string;
}

const envelope = ({ action, values = {}, search, user = ehrUser, app = appName, secret = password }: Asked): string =>
  `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header><Security xmlns="${SECURITY}"><UsernameToken>` +
  `<Username>${username}</Username><Password>${secret}</Password></UsernameToken></Security></soap:Header><soap:Body>` +
  '<Unity_RunRequest xmlns="http://www.allscripts.com/Unity"><PatientFindRequest>' +
  `<Action>${action}</Action><AppUserID>${user}</AppUserID><Appname>${app}</Appname>` +
  (search === undefined ? '' : `<PatientFindData><SearchString>${search}</SearchString></PatientFindData>`) +
  Object.entries(values)
    .map(([name, value]) => `<Parameter><Name>${name}</Name><Value>${value}</Value></Parameter>`)
    .join('') +
  '</PatientFindRequest></Unity_RunRequest></soap:Body></soap:Envelope>';

const ask = async (asked: Asked): Promise<readonly [number, string]> => {
  const answer = await bench.post('/Unity/RunRequest', envelope(asked), HEADERS);
  return [answer.status, await answer.text()];
};
const cells = (xml: string, name: string): readonly (string | undefined)[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)<`, 'g'))].map(([, text]) => text);

describe("the seed guide's dialect", () => {
  it.each<[Asked, string, readonly string[]]>([
    [{ action: 'SearchPatients', search: 'Fern, Basilia' }, 'ID', ['13']],
    [{ action: 'GetPatient', values: { PatientID: '13' } }, 'LastName', ['Fernwood']],
    [{ action: 'GetPatientDemographics', values: { PatientID: '13' } }, 'Last_Name', ['Fernwood']],
    [
      { action: 'GetSchedule', values: { ProviderID: '4', StartDate: '06/01/2025', EndDate: '06/30/2025' } },
      'AppointmentID',
      ['105'],
    ],
    [
      { action: 'GetSchedule', values: { StartDate: '06/12/2025', EndDate: '06/13/2025' } },
      'AppointmentID',
      ['101', '102', '105', '103'],
    ],
    [{ action: 'GetSchedule', values: { ProviderID: '99', StartDate: '06/12/2025' } }, 'AppointmentID', []],
    [
      { action: 'GetResults', values: { PatientID: '11', StartDate: '06/10/2025', EndDate: '06/10/2025' } },
      'ID',
      ['510', '511', '511', '512', '513-1'],
    ],
    [{ action: 'GetResults', values: { PatientID: '11', StartDate: '06/11/2025' } }, 'ID', []],
    [{ action: 'GetResults', values: { PatientID: '11', EndDate: '06/09/2025' } }, 'ID', []],
    [{ action: 'GetResults', values: { PatientID: '11' } }, 'ID', ['510', '511', '511', '512', '513-1']],
    [
      { action: 'GetClinicalSummary', values: { PatientID: '11' } },
      'section',
      [...Array(5).fill('vitals'), ...Array(3).fill('results'), 'history'],
    ],
    [{ action: 'getdictionary', values: { DictionaryName: 'Encounter_Type_DE' } }, 'EntryCode', ['APPT', 'NONAPPT']],
  ])('answers %j', async (asked, column, values) => {
    const [status, text] = await ask(asked);
    expect([status, cells(text, column)]).toEqual([200, values]);
  });

  it.each<[string, Asked, string]>([
    ['a wrong password', { action: 'GetPatient', secret: 'guess' }, 'wsse:FailedAuthentication'],
    [
      'another application',
      { action: 'GetPatient', app: 'Other' },
      'Action: GetPatient - Error: Action is not valid for this license.',
    ],
    [
      'somebody whom the EHR does not know',
      { action: 'GetPatient', user: 'nobody' },
      'User must be authenticated before calling this action.',
    ],
    [
      'a real action that the guide does not name',
      { action: 'GetCharges' },
      'Action: GetCharges - Error: Action is not valid for this license.',
    ],
    [
      'a real write that the guide does not name',
      { action: 'SetAppointmentStatus' },
      'Action: SetAppointmentStatus - Error: Action is not valid for this license.',
    ],
    [
      'a date that is none',
      { action: 'GetSchedule', values: { StartDate: 'soon' } },
      'String was not recognized as a valid DateTime.',
    ],
  ])('refuses %s with a SOAP 1.2 fault', async (_case, asked, text) => {
    const [status, body] = await ask(asked);
    expect(status).toBe(500);
    expect(body).toContain(text);
    expect(body).toContain('<soap:Value>soap:Sender</soap:Value>');
  });

  it.each([
    ['text/xml', envelope({ action: 'GetPatient' }), { 'content-type': 'text/xml' }, 415],
    [
      'SOAP 1.1',
      envelope({ action: 'GetPatient' }).replace(
        'http://www.w3.org/2003/05/soap-envelope',
        'http://schemas.xmlsoap.org/soap/envelope/',
      ),
      HEADERS,
      400,
    ],
    ['broken XML', '<soap:Envelope', HEADERS, 400],
    [
      'another namespace',
      envelope({ action: 'GetPatient' }).replace('http://www.allscripts.com/Unity', 'urn:other'),
      HEADERS,
      500,
    ],
  ])('refuses %s', async (_case, body, headers, status) => {
    expect((await bench.post('/Unity/RunRequest', body, headers)).status).toBe(status);
  });

  it('takes the header of another namespace for no header', async () => {
    const body = envelope({ action: 'GetPatient' }).replace(SECURITY, 'urn:other');
    expect(await (await bench.post('/Unity/RunRequest', body, HEADERS)).text()).toContain('FailedAuthentication');
  });

  it('names its calls', async () => {
    bench.simulator.reset();
    await ask({ action: 'searchpatients', search: 'Fern' });
    expect(bench.simulator.calls).toEqual(['RunRequest SearchPatients']);
  });
});
