import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type App, startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const available = existsSync(CHROMIUM);
if (!available) console.info('skipped: there is no Chromium to look at GraphiQL with (CHROMIUM names one)');

let sandbox: Sandbox;
let app: App;
let browser: Browser;
let page: Page;
let folder: string;
const refused: string[] = [];

beforeAll(async () => {
  if (!available) return;
  folder = process.env.SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), 'practicegraph-')));
  if (!existsSync('dist/explorer/index.html'))
    await build({ configFile: resolve('gateway/explorer/vite.config.ts'), logLevel: 'error' });
  sandbox = await startSandbox();
  app = await startApp(readConfig({ ...sandbox.config, gateway: { port: 0, explorer: true } }, {}), {
    watch: { everyMs: 100 },
  });
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') refused.push(request.url()); // what was stopped was not refused
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(app.graphUrl.replace('/graphql', '')) && !/^(data|blob):/.test(request.url()))
      refused.push(request.url());
  });
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await sandbox?.close();
});

/** What the result pane shows, without its spaces. */
const shown = async (): Promise<string> =>
  ((await page.locator('.result-window').textContent()) ?? '').replace(/\s/g, '');

it.runIf(available)('shows the saved operations and an answer, from this machine alone', async () => {
  await page.goto(app.explorerUrl ?? '');
  await page.getByText('Search patients').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.locator('.result-window').getByText('AthenaPatient').first().waitFor();
  const answer = await shown();
  for (const type of ['UnityPatient', 'AthenaPatient', 'FhirPatient']) expect(answer).toContain(type);
  await page.screenshot({ path: join(folder, 'graphiql.png') });
  await page
    .getByRole('button', { name: /Explain/ })
    .first()
    .click();
  await page.getByText('Magic SearchPatients').first().waitFor();
  await page.screenshot({ path: join(folder, 'explain.png') });
  expect(refused).toEqual([]);
});

it.runIf(available)('shows a change while it happens, until it is stopped', async () => {
  const { subscribe } = app.engine;
  const open = new Set<AbortSignal>();
  const began = vi.spyOn(app.engine, 'subscribe').mockImplementation((request, context) => {
    open.add(context.signal);
    context.signal.addEventListener('abort', () => open.delete(context.signal));
    return subscribe.call(app.engine, request, context);
  });
  const visit = sandbox.practices.fhir?.appointments.find(({ status }) => status === 'booked');
  if (visit === undefined) throw new Error('nobody is booked');
  await page
    .getByRole('button', { name: /Saved operations/ })
    .first()
    .click();
  await page.getByRole('button', { name: /Appointments, live/ }).click();
  await page.getByRole('button', { name: /Execute query/ }).click();
  await expect.poll(() => open.size).toBe(1);

  let changes = 0;
  const changed = async (): Promise<string> => {
    sandbox.change('fhir', 'Appointment', visit.id, { reason: `Visit ${++changes}` });
    return shown();
  };
  await expect.poll(changed, { timeout: 20_000, interval: 200 }).toContain(`"id":"mercy/Appointment/appt-${visit.id}"`);
  expect(await shown()).toContain('"kind":"UPDATED"');
  await page.screenshot({ path: join(folder, 'live.png') });

  await page.getByRole('button', { name: /^Stop query/ }).click();
  await expect.poll(() => open.size).toBe(0);
  expect(began).toHaveBeenCalledTimes(1);
  expect(await shown()).toContain('appointmentChanged');
  expect(refused).toEqual([]);
});
