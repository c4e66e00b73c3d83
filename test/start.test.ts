import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'practicegraph-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the process', () => {
  it('says where the graph is, answers, and stops on SIGTERM after what has begun', async () => {
    const started = start(['--port', '0']);
    expect(await started.printed(/GraphiQL +(\S+)/)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphiql$/);
    const url = await started.printed(/the graph +(\S+)/);
    const query = '{ patients(search: { lastName: "Rivera" }) { nodes { __typename } outcomes { ok } } }';
    const ask = async () => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as {
        data: { patients: { nodes: { __typename: string }[]; outcomes: { ok: boolean }[] } };
      };
    };
    const { patients } = (await ask()).data;
    expect(new Set(patients.nodes.map(({ __typename }) => __typename)).size).toBe(3);
    expect(patients.outcomes).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    const begun = ask();
    started.process.kill('SIGTERM');
    await begun.catch(() => undefined);
    expect(await started.ended).toBe(0);
    expect(started.text()).toContain('Stopping');
  });

  it('refuses a configuration with every problem at once, by key and never by value', async () => {
    const file = join(folder, 'bad.yaml');
    await writeFile(
      file,
      `sources:
  - { id: Bad Id, name: "", vendor: fhir, baseUrl: "ftp://hidden", timeZone: Nowhere, auth: { type: basic, username: u } }
  - { id: b, name: B, vendor: athenahealth, dialect: soap, baseUrl: "https://x.example.org", timeZone: America/Chicago, surprise: 1 }
`,
    );
    const refused = start(['--config', file]);
    expect(await refused.ended).toBe(1);
    const text = refused.text();
    for (const key of [
      'sources[0].id',
      'sources[0].name',
      'sources[0].baseUrl',
      'sources[0].timeZone',
      'sources[0].auth.password',
      'surprise',
    ])
      expect(text).toContain(key);
    expect(text).not.toMatch(/Bad Id|hidden|Nowhere/);
  });

  it.each([
    [['--config', '/nowhere/sources.yaml'], 'cannot be read'],
    [['--port', 'x'], '--port must be'],
    [['--surprise'], 'Usage'],
    [['--config', 'a', '--data', 'b'], 'cannot go with'],
    [['--data', '/nowhere'], 'nowhere'],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const refused = start(args);
    expect(await refused.ended).toBe(1);
    expect(refused.text()).toContain(sentence);
    expect(refused.text()).not.toMatch(/\n +at /);
  });
});
