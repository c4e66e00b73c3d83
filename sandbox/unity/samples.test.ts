import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './caller.ts';
import { UNITY_SIGN_IN } from './simulator.ts';

const SAMPLES = new URL('../../../shared/vendors/unity/', import.meta.url);
const present = existsSync(SAMPLES);
if (!present) process.stdout.write('skipped: no vendor samples beside the checkout\n');

const sample = (name: string): string => readFileSync(new URL(name, SAMPLES), 'utf8');
/** Without the blanks that only lay a document out. */
const flat = (xml: string): string => xml.replace(/>\s+</g, '><').trim();

const { username, password, appName, ehrUser } = UNITY_SIGN_IN;

/** Where the product matters, the one that the sample was taken from. */
const PROFESSIONAL = new Set(['GetPatient', 'GetPatientByMRN', 'GetProvider']);
const ACTIONS = [
  ...['GetPatient', 'GetPatientByMRN', 'SearchPatients', 'SearchPatients.none', 'GetPatientDemographics'],
  ...['GetChangedPatients', 'GetSchedule', 'GetScheduleByPatientID', 'GetAppointmentsByChangeDTTM'],
  ...['GetAvailableSchedule', 'GetProviders', 'GetProvider', 'GetClinicalSummary', 'GetResults', 'GetEncounterList'],
  ...['GetCharges', 'GetPatientAccountBalance', 'GetDictionary', 'GetListOfDictionaries', 'GetServerInfo'],
  'GetUserAuthentication',
];

/** Columns that samples leave out. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  GetCharges: ['Modifier2', 'Modifier3', 'Modifier4'],
  'SearchPatients.none': ['middlename', 'mrn', 'HomePhone', 'ssn'],
};

const schema = (xml: string, name: string): string => {
  const found = /<xs:schema[\s\S]*<\/xs:schema>/.exec(flat(xml))?.[0] ?? '';
  return (MORE[name] ?? []).reduce(
    (text, column) => text.replace(new RegExp(`<xs:element name="${column}"[^>]*/>`), ''),
    found,
  );
};

const columns = (json: string): readonly unknown[] => {
  const tables = JSON.parse(json) as readonly Readonly<Record<string, readonly object[]>>[];
  return tables.flatMap((item) => Object.entries(item).map(([name, rows]) => [name, Object.keys(rows[0] ?? {})]));
};

/** What the sample writes are about, in this sandbox's words. */
const WRITTEN: readonly (readonly [string, string])[] = [
  ['10001', '11'],
  ['<Resource_ID>7<', '<Resource_ID>503<'],
  ['&lt;Resource_ID>7&lt;', '&lt;Resource_ID>503&lt;'],
  ['&lt;Resource_ID&gt;7&lt;', '&lt;Resource_ID&gt;503&lt;'],
  ['8801', '101'],
  ['CLARKE', 'MARCHBANKS3'],
  ['Avery', 'Wren'],
  ['Sampleton', "O'Fernsby"],
];
const WRITES = [
  ...['SavePatient', 'SaveAppointment', 'SetAppointmentStatus', 'SaveVitalsData'],
  ...['SaveDocumentImage.step1', 'SaveDocumentImage.step2', 'GetDocuments', 'GetDocumentImage'],
];

describe.runIf(present)('a write', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.simulator.close());

  const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
  const written = (text: string, token: string, upload: string): string =>
    WRITTEN.reduce((all, [theirs, ours]) => all.replaceAll(theirs, ours), text)
      .replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/, token)
      .replace(GUID, upload)
      .replace('55120', '1')
      .replace('PracticeStudio.Demo.TestApp', appName)
      .replace(/(<UserID>)\w+(?=<)/, `$1${ehrUser}`)
      .replace(/("AppUserID": ")\w+/, `$1${ehrUser}`);
  /** A document's second call needs the name that the first was given, and what reads it the document. */
  const uploaded = async (name: string): Promise<string> => {
    const before = ['SaveDocumentImage.step1', 'SaveDocumentImage.step2'].slice(0, /step2/.test(name) ? 1 : 2);
    let upload = '';
    for (const step of /step2|Get/.test(name) ? before : []) {
      const text = written(sample(`json/${step}.request.json`), await bench.signIn(), upload);
      upload = GUID.exec(await (await bench.json('MagicJson', text)).text())?.[0] ?? '';
    }
    return upload;
  };

  it.each(WRITES)('as in the sample %s is answered with the schema of the sample in SOAP', async (name) => {
    const upload = await uploaded(name);
    const request = written(sample(`soap/${name}.request.xml`), await bench.signIn(), upload);
    const answer = await bench.post('/Unity/UnityService.svc/unityservice', request, {
      'content-type': 'text/xml',
      soapaction: 'http://www.allscripts.com/Unity/IUnityService/Magic',
    });
    expect(schema(await answer.text(), name)).toBe(schema(sample(`soap/${name}.response.xml`), ''));
  });

  it.each(WRITES)('as in the sample %s is answered with the columns of the sample in JSON', async (name) => {
    const upload = await uploaded(name);
    const answer = await bench.json(
      'MagicJson',
      written(sample(`json/${name}.request.json`), await bench.signIn(), upload),
    );
    expect(columns(await answer.text())).toEqual(columns(sample(`json/${name}.response.json`)));
  });

  it('that is refused is the sample of that', async () => {
    const request = sample('soap/SaveAppointment.request.xml').replace('06/15/2025', '06/12/2025');
    const answer = await bench.post(
      '/Unity/UnityService.svc/unityservice',
      written(request, await bench.signIn(), ''),
      {
        'content-type': 'text/xml',
        soapaction: 'http://www.allscripts.com/Unity/IUnityService/Magic',
      },
    );
    expect([answer.status, await answer.text()]).toEqual([200, flat(sample('errors/soap.save-rejected.response.xml'))]);
  });

  it("as the seed guide prints it is answered with the sample of the guide's dialect", async () => {
    const request = sample('seed-dialect/SaveAppointment.request.xml')
      .replace('Pract-0000-Demo-test', username)
      .replace('not-a-real-password', password)
      .replace('PracticeStudio.Demo.TestApp', appName)
      .replace('>dclarke<', `>${ehrUser}<`)
      .replace('10001', '11')
      .replace('>68<', '>3<');
    const answer = await bench.post('/Unity/RunRequest', request, { 'content-type': 'application/soap+xml' });
    expect(await answer.text()).toBe(flat(sample('seed-dialect/SaveAppointment.response.xml')).replace('8844', '110'));
  });
});

describe.runIf(present)('an answer', () => {
  const benches: Record<string, Bench> = {};
  beforeAll(async () => {
    benches.touchworks = await openBench();
    benches.professional = await openBench({ product: 'professional' });
  });
  afterAll(async () => {
    await Promise.all(Object.values(benches).map(({ simulator }) => simulator.close()));
  });
  const benchFor = (name: string): Bench => {
    const bench = benches[PROFESSIONAL.has(name) ? 'professional' : 'touchworks'];
    if (!bench) throw new Error('the simulators did not start');
    return bench;
  };
  /** The sample's request with this sandbox's own sign-in, patient and so on in it. */
  const own = (text: string, token: string): string =>
    text
      .replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/, token)
      .replace('PracticeStudio.Demo.TestApp', appName)
      .replace(/(<(UserID|AppUserID)>)\w+(?=<)/, `$1${ehrUser}`)
      .replace(/("AppUserID": ")\w+/, `$1${ehrUser}`)
      .replace('10001', '11')
      .replace('900102', 'M-0011')
      .replace('70012', '7104')
      .replaceAll('03/10/2025', '06/12/2025')
      .replace('03/12/2025', '06/12/2025')
      .replace('03/13/2025', '06/13/2025')
      .replace('03/16/2025', '06/16/2025')
      .replace(/(Parameter4>|"Parameter4": ")dclarke/, '$1All')
      .replace('dclarke', 'omarchbanks')
      .replace('CLARKE', 'MARCHBANKS3')
      .replace(/(Parameter1>|"Parameter1": ")Sample(?=\W)/, '$1Fern')
      .replace('Pract-0000-Demo-test', username)
      .replace('not-a-real-password', password);

  it.each(ACTIONS)('to the sample request %s has the schema of the sample in SOAP', async (name) => {
    const { post, signIn } = benchFor(name);
    const answer = await post(
      '/Unity/UnityService.svc/unityservice',
      own(sample(`soap/${name}.request.xml`), await signIn()),
      {
        'content-type': 'text/xml',
        soapaction: 'http://www.allscripts.com/Unity/IUnityService/Magic',
      },
    );
    expect(answer.status).toBe(200);
    expect(schema(await answer.text(), name)).toBe(schema(sample(`soap/${name}.response.xml`), ''));
  });

  it.each(ACTIONS)('to the sample request %s has the tables and columns of the sample in JSON', async (name) => {
    const { json, signIn } = benchFor(name);
    const answer = await json('MagicJson', own(sample(`json/${name}.request.json`), await signIn()));
    const got = columns(await answer.text()).map((table) => JSON.parse(JSON.stringify(table)) as [string, string[]]);
    const wanted = columns(sample(`json/${name}.response.json`));
    expect(got.map(([table, names]) => [table, names.filter((column) => !MORE[name]?.includes(column))])).toEqual(
      wanted,
    );
  });

  it('is laid out as the sample of a row is', async () => {
    const { magic, signIn } = benchFor('');
    const call = { Action: 'GetUserAuthentication', UserID: ehrUser, Token: await signIn(), Parameter1: 'wrong' };
    expect(await (await magic(call)).text()).toBe(flat(sample('soap/GetUserAuthentication.denied.response.xml')));
  });

  it('is laid out as the sample of a token and of its end', async () => {
    const { soap } = benchFor('');
    const issued = await (await soap('GetSecurityToken', { Username: username, Password: password })).text();
    const hidden = (xml: string): string => xml.replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/, 'TOKEN');
    expect(hidden(issued)).toBe(hidden(flat(sample('soap/GetSecurityToken.response.xml'))));
    expect(await (await soap('RetireSecurityToken', { Token: 'x' })).text()).toBe(
      flat(sample('soap/RetireSecurityToken.response.xml')),
    );
  });

  it('is an empty diffgram when there is no row', async () => {
    const { magic, signIn } = benchFor('');
    const call = { Action: 'GetSchedule', UserID: ehrUser, Token: await signIn(), Parameter1: '01/01/2001' };
    const tail = (xml: string): string => xml.slice(xml.indexOf('<diffgr:diffgram'));
    expect(tail(await (await magic(call)).text())).toBe(tail(flat(sample('errors/soap.empty-dataset.response.xml'))));
  });

  it.each([
    ['session-expired', 'GetPatient', { Token: 'X' }],
    ['action-not-licensed', 'SaveClinicalDocument', {}],
    ['user-not-authenticated', 'GetPatient', { UserID: 'somebody', AppUserID: 'somebody' }],
  ])('is the sample of the error %s, byte by byte but for the layout', async (name, Action, given) => {
    const { magic, json, signIn } = benchFor('');
    const call = { Action, UserID: ehrUser, Token: await signIn(), ...given };
    const answer = await magic(call);
    expect([answer.status, await answer.text()]).toEqual([500, flat(sample(`errors/soap.${name}.fault.xml`))]);
    const { UserID, ...rest } = call;
    const plain = await json('MagicJson', { AppUserID: UserID, ...rest, Appname: appName, Data: '' });
    expect(await plain.json()).toEqual(JSON.parse(sample(`errors/json.${name}.response.json`)));
  });

  it('is the sample of the other errors', async () => {
    const { soap, json } = benchFor('');
    const wrong = { Username: username, Password: 'wrong' };
    expect(await (await soap('GetSecurityToken', wrong)).text()).toBe(
      flat(sample('errors/soap.GetSecurityToken.denied.response.xml')),
    );
    expect(await (await json('GetToken', wrong)).text()).toBe(
      sample('errors/json.GetToken.denied.response.txt').trim(),
    );
    expect(await (await json('MagicJson', '{')).json()).toEqual(
      JSON.parse(sample('errors/json.bad-request-body.response.json')),
    );
  });

  it.each([
    ['SearchPatients', 'searchpatientsinfo', 2],
    ['GetPatient', 'getpatientinfo', 1],
    ['GetPatientDemographics', 'getpatientdemographicsinfo', 1],
    ['GetSchedule', 'getscheduleinfo', 0],
    ['GetResults', 'getresultsinfo', 0],
    ['GetClinicalSummary', 'getclinicalsummaryinfo', 9],
    ['GetDictionary', 'getdictionaryinfo', 3],
  ])("to the seed guide's request %s has rows of %s", async (name, table, count) => {
    const { post } = benchFor('');
    const request = own(sample(`seed-dialect/${name}.request.xml`), '').replace('Sampleton, Avery', 'Fern, ');
    const answer = await post('/Unity/RunRequest', request, { 'content-type': 'application/soap+xml' });
    const text = await answer.text();
    expect([answer.status, text.split(`<${table} `).length - 1]).toEqual([200, count]);
    const shape = (xml: string): string => flat(xml).slice(0, flat(xml).indexOf('<xs:schema'));
    expect(shape(text)).toBe(shape(sample('seed-dialect/SearchPatients.response.xml')));
  });

  it.each([
    ['error.auth-failed.fault.xml', (text: string) => text.replace(password, 'wrong')],
    ['error.action.fault.xml', (text: string) => text.replace('GetDictionary', 'GetWidgets')],
  ])("is the sample %s of the seed guide's dialect", async (name, change) => {
    const request = change(own(sample('seed-dialect/GetDictionary.request.xml'), ''));
    const answer = await benchFor('').post('/Unity/RunRequest', request, { 'content-type': 'application/soap+xml' });
    expect([answer.status, await answer.text()]).toEqual([500, flat(sample(`seed-dialect/${name}`))]);
  });
});
