import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { NOW } from './harness.ts';

const PATIENT = { timeout: 55_000, interval: 200 };

let sandbox: Sandbox;
const apps: App[] = [];
beforeAll(async () => {
  sandbox = await startSandbox({ now: NOW });
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await sandbox?.close();
});

const serve = async (gateway: object, options: Parameters<typeof startApp>[1] = {}) => {
  const sources = sandbox.config.sources.filter(({ id }) => id === 'mercy');
  const config = readConfig({ ...sandbox.config, sources, gateway: { port: 0, ...gateway } }, {});
  const app = await startApp(config, options);
  apps.push(app);
  const metrics = new URL('/metrics', app.graphUrl);
  return { metrics: () => fetch(metrics), app };
};

it('is told by the server what changed at a source, how far it is behind, and how the process is', async () => {
  const { metrics } = await serve({}, { watch: { everyMs: 50 } });
  const body = async (): Promise<string> => (await metrics()).text();
  await expect.poll(body, PATIENT).toContain('practicegraph_feed_failing{source="mercy",feed="Appointment"} 0');
  const visit = sandbox.practices.fhir?.appointments.find(({ status }) => status === 'booked');
  if (visit === undefined) throw new Error('nobody is booked');
  sandbox.change('fhir', 'Appointment', visit.id, { status: 'noshow' });
  const counted = 'practicegraph_changes_total{source="mercy",type="Appointment",cause="POLL"} 1';
  await expect.poll(body, PATIENT).toContain(counted);
  const text = await body();
  expect(text).toMatch(/^practicegraph_change_lag_seconds\{source="mercy"\} [\d.]+$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect((await metrics()).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
}, 120_000);

it('is not served where the configuration says so', async () => {
  const { metrics } = await serve({ metrics: false }, { watch: false });
  expect((await metrics()).status).toBe(404);
});
