import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClientAsync } from 'soap';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, openBench } from './caller.ts';
import { UNITY_SIGN_IN } from './simulator.ts';
import { escapeXml } from './xml.ts';

const { username, password, appName, ehrUser, ehrPassword } = UNITY_SIGN_IN;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.simulator.close());

const magic = (fields: Readonly<Record<string, string>>) => ({
  ...{ Action: '', UserID: ehrUser, Appname: appName, PatientID: '', Token: '' },
  ...{ Parameter1: '', Parameter2: '', Parameter3: '', Parameter4: '', Parameter5: '', Parameter6: '', data: null },
  ...fields,
});

it('serves a client that was made from its own WSDL', async () => {
  const service = `${bench.simulator.url}/Unity/UnityService.svc`;
  const folder = await mkdtemp(join(tmpdir(), 'unity-'));
  const wsdl = join(folder, 'service.wsdl');
  await writeFile(wsdl, await (await fetch(`${service}?wsdl`)).text());
  const client = await createClientAsync(wsdl, { endpoint: `${service}/unityservice` });
  await rm(folder, { recursive: true });

  const [issued] = await client.GetSecurityTokenAsync({ Username: username, Password: password });
  const Token: string = issued.GetSecurityTokenResult;
  const first = magic({ Action: 'GetUserAuthentication', Token, Parameter1: ehrPassword });
  const [signed] = await client.MagicAsync(first);
  const admission = signed.MagicResult.diffgram.getuserauthenticationresponse.getuserauthenticationinfo;
  expect(admission.ValidUser).toBe('YES');

  const [found] = await client.MagicAsync(magic({ Action: 'SearchPatients', Token, Parameter1: 'Fern' }));
  const rows = found.MagicResult.diffgram.searchpatientsresponse.searchpatientsinfo;
  expect(rows.map((row: { readonly ID: string }) => row.ID)).toEqual(['12', '13']);

  const [patient] = await client.MagicAsync(magic({ Action: 'GetPatient', Token, PatientID: '11' }));
  const row = patient.MagicResult.diffgram.getpatientresponse.getpatientinfo;
  expect([row.LastName, row.AddressLine1, row.AddressLine2]).toEqual(["O'Fernsby", '7 Quince & Pear Walk', 'Unit <B>']);

  const [none] = await client.MagicAsync(magic({ Action: 'SearchPatients', Token, Parameter1: 'Zzyzx' }));
  expect(none.MagicResult.diffgram).toBeNull();

  const comment = 'Größe & "Höhe" <b> 😀 &amp;\nnext line';
  const booking = `<appointment><Patient_ID>11</Patient_ID><Resource_ID>503</Resource_ID><Appointment_Date>06/16/2025</Appointment_Date><Appointment_Time>09:00</Appointment_Time><Duration>30</Duration><Comments>${escapeXml(comment)}</Comments></appointment>`;
  const [saved] = await client.MagicAsync(magic({ Action: 'SaveAppointment', Token, Parameter1: booking }));
  const { Appointment_ID } = saved.MagicResult.diffgram.saveappointmentresponse.saveappointmentinfo;
  const read = magic({ Action: 'GetAppointmentById', Token, Parameter1: Appointment_ID });
  const [visit] = await client.MagicAsync(read);
  expect(visit.MagicResult.diffgram.getappointmentbyidresponse.getappointmentbyidinfo.Appt_Comments).toBe(comment);

  await client.RetireSecurityTokenAsync({ Token, Appname: appName });
  const refused = client.MagicAsync(magic({ Action: 'GetPatient', Token }));
  await expect(refused).rejects.toMatchObject({
    response: { status: 500 },
    root: {
      Envelope: {
        Body: { Fault: { detail: { UnityFault: { ErrorMessage: expect.stringContaining('logged out') } } } },
      },
    },
  });
});
