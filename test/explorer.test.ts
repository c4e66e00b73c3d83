import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
const refused: string[] = [];

beforeAll(async () => {
  if (!available) return;
  if (!existsSync('dist/explorer/index.html'))
    await build({ configFile: resolve('gateway/explorer/vite.config.ts'), logLevel: 'error' });
  sandbox = await startSandbox();
  app = await startApp(readConfig({ ...sandbox.config, gateway: { port: 0, explorer: true } }, {}));
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
  page.on('requestfailed', (request) => refused.push(request.url()));
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

it.runIf(available)('shows the saved operations and an answer, from this machine alone', async () => {
  await page.goto(app.explorerUrl ?? '');
  await page.getByText('Search patients').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.locator('.result-window').getByText('AthenaPatient').first().waitFor();
  const answer = (await page.locator('.result-window').textContent()) ?? '';
  for (const type of ['UnityPatient', 'AthenaPatient', 'FhirPatient'])
    expect(answer.replace(/\s/g, '')).toContain(type);
  const folder = process.env.SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), 'practicegraph-')));
  await page.screenshot({ path: join(folder, 'graphiql.png') });
  await page
    .getByRole('button', { name: /Explain/ })
    .first()
    .click();
  await page.getByText('Magic SearchPatients').first().waitFor();
  await page.screenshot({ path: join(folder, 'explain.png') });
  expect(refused).toEqual([]);
});
