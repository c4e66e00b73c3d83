import { existsSync, readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import { afterEach, describe, expect, it } from 'vitest';
import { Upstream } from '../../../upstream/upstream.ts';
import { guideParameters } from '../actions.ts';
import { UnityClient } from '../client.ts';
import { dataSet, guideAnswer, operation, type Reply, SIGN_IN, serve, settings } from '../fixture/vendor.ts';
import { guideBooking } from '../mapping/booking.ts';
import { guideEnvelope } from './guide.ts';

/** Elements, attributes and texts in order; blanks between elements and the choice of quotes do not count. */
const canonical = (xml: string): unknown =>
  new XMLParser({ preserveOrder: true, ignoreAttributes: false, parseTagValue: false, trimValues: true }).parse(xml);

const credentials = { username: 'u', password: 'p', ehrUser: 'e', appName: 'a' };

const envelope = (request: string): string => `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">
  <soap:Header>
    <Security xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
      <UsernameToken><Username>u</Username><Password>p</Password></UsernameToken>
    </Security>
  </soap:Header>
  <soap:Body>
    <Unity_RunRequest xmlns="http://www.allscripts.com/Unity"><PatientFindRequest>${request}</PatientFindRequest></Unity_RunRequest>
  </soap:Body>
</soap:Envelope>`;

describe('the guide’s envelope', () => {
  it('searches patients by SearchString', () => {
    const sent = guideEnvelope('SearchPatients', [['SearchString', 'Doe, Jane']], credentials);
    expect(canonical(sent)).toEqual(
      canonical(
        envelope(
          '<Action>SearchPatients</Action><AppUserID>e</AppUserID><Appname>a</Appname><PatientFindData><SearchString>Doe, Jane</SearchString></PatientFindData>',
        ),
      ),
    );
  });

  it('names other parameters one by one', () => {
    const parameters = [
      ['ProviderID', '68'],
      ['StartDate', '03/10/2025'],
    ] as const;
    expect(canonical(guideEnvelope('GetSchedule', parameters, credentials))).toEqual(
      canonical(
        envelope(
          '<Action>GetSchedule</Action><AppUserID>e</AppUserID><Appname>a</Appname><Parameter><Name>ProviderID</Name><Value>68</Value></Parameter><Parameter><Name>StartDate</Name><Value>03/10/2025</Value></Parameter>',
        ),
      ),
    );
  });

  it('carries any text', () => {
    const text = `O'Neil & <Sons> "x" ]]>`;
    const sent = guideEnvelope('SearchPatients', [['SearchString', text]], { ...credentials, password: '<&>' });
    const read = new XMLParser({ parseTagValue: false }).parse(sent) as { 'soap:Envelope': Record<string, unknown> };
    expect(JSON.stringify(read)).toContain(JSON.stringify(text).slice(1, -1));
    expect(sent).toContain('<Password>&lt;&amp;&gt;</Password>');
  });

  const guide = new URL('../../../../shared/seeds/000_da8a4efb63cf97e1.txt', import.meta.url);
  const present = existsSync(guide);
  if (!present) process.stdout.write('skipped: the integration guide is not beside this checkout\n');

  const printed = {
    username: 'your_username',
    password: 'your_password',
    ehrUser: 'your_app_user_id',
    appName: 'your_app_name',
  };
  const sampleOf = (title: string): string =>
    new RegExp(`#### ${title}\\s+\`\`\`xml\\n(.*?)\`\`\``, 's').exec(readFileSync(guide, 'utf8'))?.[1] ?? '';

  it.runIf(present)('is the one that the guide prints for a patient search', () => {
    const sample = sampleOf('Patient Search');
    expect(sample).not.toBe('');
    expect(canonical(guideEnvelope('SearchPatients', [['SearchString', 'Smith, John']], printed))).toEqual(
      canonical(sample),
    );
  });

  it.runIf(present)('is the one that the guide prints for an appointment, in the practice’s own time', () => {
    const sample = sampleOf('Appointment Scheduling');
    expect(sample).not.toBe('');
    const visit = { patient: '12345', practitioner: '54321', start: '2023-06-15T14:00:00Z', minutes: 30 };
    const values = guideBooking({ ...visit, reason: 'PHYSICAL' }, 'America/Chicago');
    const parameters = guideParameters('SaveAppointment', values) ?? [];
    expect(canonical(guideEnvelope('SaveAppointment', parameters, printed))).toEqual(canonical(sample));
  });
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const clientOf = async (reply: Reply) => {
  const server = await serve(() => reply);
  const source = settings(`${server.url}/Unity/UnityService.svc`, { dialect: 'run-request' });
  const upstream = new Upstream(source, Date.now);
  closing.push(
    () => server.close(),
    () => upstream.close(),
  );
  return { client: new UnityClient(source, upstream, Date.now), requests: server.requests };
};

const fault = (inner: string): string =>
  `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><soap:Fault>${inner}</soap:Fault></soap:Body></soap:Envelope>`;

describe('the guide’s dialect', () => {
  it('goes to RunRequest beside the service with the source’s credentials, without a session', async () => {
    const { client, requests } = await clientOf({
      body: guideAnswer(dataSet('GetPatient', [{ ID: '1', LastName: 'A' }])),
    });
    const call = operation();
    const { tables } = await client.run('GetPatient', { patient: '1' }, call);
    expect(tables[0]?.rows[0]?.get('lastname')).toBe('A');
    expect(call.made).toEqual(['RunRequest GetPatient']);
    expect(requests.map(({ path }) => path)).toEqual(['/Unity/RunRequest']);
    expect(requests[0]?.headers['content-type']).toBe('application/soap+xml; charset=utf-8');
    expect(requests[0]?.body).toContain(`<Password>${SIGN_IN.password}</Password>`);
    await client.close();
    expect(requests).toHaveLength(1);
  });

  it('does not send what the guide does not have', async () => {
    const { client, requests } = await clientOf({ body: '' });
    await expect(client.run('GetCharges', { encounter: '1' }, operation())).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_VENDOR',
    });
    expect(requests).toEqual([]);
  });

  it.each<[string, Reply, string]>([
    [
      'credentials that are refused',
      {
        status: 500,
        body: fault(
          '<soap:Code><soap:Value>soap:Sender</soap:Value><soap:Subcode><soap:Value>wsse:FailedAuthentication</soap:Value></soap:Subcode></soap:Code><soap:Reason><soap:Text xml:lang="en">no</soap:Text></soap:Reason>',
        ),
      },
      'UNAUTHENTICATED_AT_VENDOR',
    ],
    [
      'an action outside the licence',
      {
        status: 400,
        body: fault(
          '<soap:Reason><soap:Text xml:lang="en">Error: Action is not valid for this license.</soap:Text></soap:Reason>',
        ),
      },
      'UNSUPPORTED_BY_VENDOR',
    ],
    [
      'another fault',
      { body: fault('<soap:Reason><soap:Text>Secret Patient</soap:Text></soap:Reason>') },
      'VENDOR_REJECTED',
    ],
    ['an HTML page', { body: '<html><body>Secret Patient</body></html>' }, 'BAD_VENDOR_ANSWER'],
    ['XML that stops', { body: guideAnswer(dataSet('GetPatient', [{ ID: '1' }])).slice(0, -40) }, 'BAD_VENDOR_ANSWER'],
    ['another answer', { body: guideAnswer('').replaceAll('Unity_RunRequest', 'Other') }, 'BAD_VENDOR_ANSWER'],
    ['no data set', { body: guideAnswer('') }, 'BAD_VENDOR_ANSWER'],
    ['a gateway page', { status: 502, body: '<html/>' }, 'SOURCE_UNAVAILABLE'],
  ])('turns %s into a typed error', async (_, reply, code) => {
    const { client } = await clientOf(reply);
    const failure: unknown = await client
      .run('GetPatient', { patient: '1' }, operation())
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code, source: 'lakeside' });
    expect(String(failure)).not.toContain('Secret');
  });
});
