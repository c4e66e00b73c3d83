import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { SECRET } from './hook-fixture.ts';
import { hubSignature, notificationBundle } from './notification.ts';
import { TOPIC_BASE } from './topics.ts';

const SAMPLES = resolve('../shared/vendors/athenanet/samples/webhooks');

const FILES = [
  'appointment-schedule',
  'appointment-cancel',
  'claim-update',
  'labresult-create',
  'patient-update-batch',
];
it.runIf(existsSync(SAMPLES)).each(FILES)('signs as the sample %s is signed', (file) => {
  const body = readFileSync(`${SAMPLES}/${file}.raw.json`, 'utf8');
  const { request } = JSON.parse(readFileSync(`${SAMPLES}/${file}.delivery.json`, 'utf8')) as {
    request: { headers: Record<string, string> };
  };
  expect(hubSignature(SECRET, body)).toBe(request.headers['X-Hub-Signature']);
});

const EVENTS = [
  ['appointment-cancel', 'Appointment.cancel', 'appointment', 1],
  ['claim-update', 'Claim.update', 'claim', 1],
  ['labresult-create', 'LabResult.create', 'labresult', 1],
  ['patient-update-batch', 'Patient.update', 'patient', 2],
] as const;
it.runIf(existsSync(SAMPLES)).each(EVENTS)('is built like the sample %s', (file, topic, kind, count) => {
  const expected = JSON.parse(readFileSync(`${SAMPLES}/${file}.raw.json`, 'utf8')) as unknown;
  const event = {
    topic,
    kind,
    id: 1,
    patientId: 1,
    departmentId: 1,
    at: '2025-11-20T18:01:41.000Z',
    user: 'nfielding',
  };
  const built = notificationBundle({
    setting: { practiceId: '999901', chartSharingGroup: () => '42' },
    subscriptionId: 'a9c3784c-0000-4b32-95b0-000000000001',
    topic: `${TOPIC_BASE}${topic}`,
    events: Array.from({ length: count }, (_, number) => ({ ...event, number })),
    at: '2025-11-20T18:01:49.123Z',
  });
  // ids, numbers and hashes are others; places, words and addresses the same
  const general = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value).replaceAll(/[0-9a-f-]{36}|\.E-\d+|"\d+"|:4\d\.000Z/g, (found) =>
        found.startsWith('"') ? '"*"' : '*',
      ),
    ) as unknown;
  expect(general(built)).toEqual(general(expected));
});
