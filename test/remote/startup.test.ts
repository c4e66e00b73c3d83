import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runGateway } from '../../commands/gateway.ts';
import { Refusal } from '../../commands/line.ts';
import { fixedConfig } from '../../commands/sandbox.ts';
import { CONTEXT_SECRET, CURSOR_SECRET } from '../../commands/secrets.ts';
import { runSubgraph } from '../../commands/subgraph.ts';
import { startSandbox } from '../../sandbox/index.ts';
import { SUPERGRAPH_FILE } from '../../supergraph.ts';
import { start } from '../process.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'practicegraph-'));
  const supergraph = await readFile(SUPERGRAPH_FILE, 'utf8');
  const at = (url: string): string => supergraph.replaceAll('url: ""', `url: "${url}"`);
  const files = {
    'good.graphql': at('http://127.0.0.1:1/graphql'),
    'far.graphql': at('https://graph.example.org/graphql'),
    'nowhere.graphql': supergraph,
    'mail.graphql': at('mailto:jane@example.org'),
    'password.graphql': at('https://jane:doe@example.org/graphql'),
    'schema.graphql': 'type Query { jane: String }',
    'key.graphql': at('http://127.0.0.1:1/graphql').replace('key: "request"', 'key: "jane"'),
    'prose.graphql': 'Dear Jane Doe,',
    'empty.graphql': '',
    'half.graphql': 'enum join__Graph { JANE @join__graph(name: "jane", url: "http://127.0.0.1:1/") }',
    'operations.json': '{ "jane": "{ doe" }',
    'sources.yaml':
      'sources: [{ id: a, name: Jane, vendor: fhir, baseUrl: "https://example.org", timeZone: Europe/Paris }]',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(file(name), content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Case = readonly [name: string, args: readonly string[], sentence: RegExp];
const supergraph = (name: string, ...more: string[]): readonly string[] => ['--supergraph', name, ...more];

const GATEWAY: readonly Case[] = [
  ['no supergraph', [], /^--supergraph is missing\./],
  ['an unknown option', ['--surprise'], /^Unknown or incomplete option\./],
  ['a word too many', [...supergraph('good.graphql'), 'surprise'], /^Unknown or incomplete option\./],
  ['a file that is not there', supergraph('nothing.graphql'), /^The file of --supergraph cannot be read\.$/],
  ['prose', supergraph('prose.graphql'), /^The file of --supergraph is not a supergraph of Federation 2\.$/],
  ['an empty file', supergraph('empty.graphql'), /^The file of --supergraph is not a supergraph of Federation 2\.$/],
  ['a plain schema', supergraph('schema.graphql'), /^The file of --supergraph is not a supergraph of Federation 2\.$/],
  [
    'half a supergraph',
    supergraph('half.graphql'),
    /^The file of --supergraph is not a supergraph that can be served\.$/,
  ],
  [
    'a key that no type has',
    supergraph('key.graphql'),
    /^The file of --supergraph is not a supergraph that can be served\.$/,
  ],
  [
    'subgraphs without addresses',
    supergraph('nowhere.graphql'),
    /^The supergraph does not say where the subgraph \w+ is: give --subgraph \w+=URL\.$/,
  ],
  [
    'an address of another kind',
    supergraph('mail.graphql'),
    /^The address of the subgraph \w+ must be an http or https URL/,
  ],
  [
    'an address with a password',
    supergraph('password.graphql'),
    /^The address of the subgraph \w+ must be .* without credentials\.$/,
  ],
  [
    'an address for an unknown subgraph',
    supergraph('good.graphql', '--subgraph', 'jane=http://127.0.0.1:1/'),
    /^--subgraph names an unknown subgraph; there are athenanet, fhir, hub, unity\.$/,
  ],
  [
    'an address that is none',
    supergraph('good.graphql', '--subgraph', 'hub=jane'),
    /^The address of the subgraph hub must be/,
  ],
  [
    'an address without a name',
    supergraph('good.graphql', '--subgraph', 'jane'),
    /^--subgraph must be given as NAME=VALUE\.$/,
  ],
  [
    'two addresses for one',
    supergraph('good.graphql', '--subgraph', 'hub=http://127.0.0.1:1', '--subgraph', 'hub=http://127.0.0.1:2'),
    /^--subgraph names hub twice\.$/,
  ],
  [
    'a signature for an unknown one',
    supergraph('good.graphql', '--sign', 'jane'),
    /^--sign names an unknown subgraph;/,
  ],
  [
    'a way to subscribe that is none',
    supergraph('good.graphql', '--subscriptions', 'hub=jane'),
    /^--subscriptions must be given as/,
  ],
  [
    'a header that cannot be forwarded',
    supergraph('good.graphql', '--forward', 'host'),
    /^--forward names a header that cannot be/,
  ],
  [
    'a header that is none',
    supergraph('good.graphql', '--forward', 'jane doe'),
    /^--forward names a header that cannot be/,
  ],
  [
    'a time-out that is none',
    supergraph('good.graphql', '--timeout', '1s'),
    /^--timeout must be a number from 1 to 600000\.$/,
  ],
  ['a port that is none', supergraph('good.graphql', '--port', '65536'), /^--port must be a number from 0 to 65535\.$/],
  [
    'a choice that is none',
    supergraph('good.graphql', '--subgraph-errors', 'jane'),
    /^--subgraph-errors must be masked or shown\.$/,
  ],
  [
    'operations that are not there',
    supergraph('good.graphql', '--operations', 'none.json'),
    /^The file of operations has 1 problem:\n {2}- the file: cannot be read$/,
  ],
  [
    'operations that are none',
    supergraph('good.graphql', '--operations', 'operations.json'),
    /^The file of operations has 1 problem:/,
  ],
  [
    'a signature without a secret for another machine',
    supergraph('far.graphql', '--sign', 'all'),
    /^The environment variable PRACTICEGRAPH_CONTEXT_SECRET is not set: all processes must have the same\.$/,
  ],
];

const SUBGRAPH: readonly Case[] = [
  ['no name', [], /^Name one subgraph: hub, unity, athenanet, fhir\.$/],
  ['an unknown name', ['jane'], /^There is no subgraph of this name; there are hub, unity, athenanet, fhir\.$/],
  ['two names', ['hub', 'fhir'], /^Name one subgraph/],
  ['a port that is none', ['hub', '--port', 'jane'], /^--port must be/],
  [
    'a configuration that is not there',
    ['hub', '--config', 'none.yaml'],
    /^The configuration has 1 problem:\n {2}- the file cannot/,
  ],
  [
    'a configuration without secrets',
    ['hub', '--config', 'sources.yaml'],
    /^The environment variable PRACTICEGRAPH_\w+ is not set/,
  ],
  [
    'a sandbox for other machines without secrets',
    ['hub', '--host', '0.0.0.0'],
    /^The environment variable PRACTICEGRAPH_\w+ is not set/,
  ],
];

const placed = (args: readonly string[]): string[] =>
  args.map((arg) => (/\.(graphql|json|yaml)$/.test(arg) ? file(arg) : arg));

/** What a command says when it cannot start. */
const refusal = async (command: (args: readonly string[]) => Promise<void>, args: readonly string[]) => {
  const thrown: unknown = await command(placed(args)).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Refusal);
  return (thrown as Refusal).message;
};

beforeEach(() => {
  for (const name of [CONTEXT_SECRET, CURSOR_SECRET]) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe('a start that cannot be', () => {
  it.each(GATEWAY)('is refused in a sentence by the gateway: %s', async (_name, args, sentence) => {
    const text = await refusal(runGateway, args);
    expect(text).toMatch(sentence);
    expect(text).not.toMatch(/jane doe|Dear|\{ doe/i);
  });

  it.each(SUBGRAPH)('is refused in a sentence by a subgraph: %s', async (_name, args, sentence) => {
    expect(await refusal(runSubgraph, args)).toMatch(sentence);
  });

  it('is refused with secrets that are too short, and does not repeat them', async () => {
    vi.stubEnv(CONTEXT_SECRET, 'jane');
    vi.stubEnv(CURSOR_SECRET, 'a secret that is as long as it has to be');
    const texts = [
      await refusal(runGateway, supergraph('good.graphql', '--sign', 'hub')),
      await refusal(runSubgraph, ['hub', '--config', 'sources.yaml']),
    ];
    for (const text of texts) expect(text).toBe('PRACTICEGRAPH_CONTEXT_SECRET must have at least 32 characters.');
  });

  it('ends the process with 1, and prints the sentence alone', async () => {
    const cases = [
      [['gateway', ...supergraph('half.graphql')], 'The file of --supergraph is not a supergraph that can be served.'],
      [
        ['gateway', ...supergraph('good.graphql', '--host', '192.0.2.1')],
        'The address of --host is not one of this machine.',
      ],
      [['subgraph', 'jane'], 'There is no subgraph of this name; there are hub, unity, athenanet, fhir.'],
    ] as const;
    for (const [args, sentence] of cases) {
      const started = start(placed(args));
      expect(await started.ended).toBe(1);
      expect(started.text()).toBe(`${sentence}\n`);
    }
  });

  it('is none when subgraphs are away: what needs them says so', async () => {
    const started = start(['gateway', '--supergraph', file('good.graphql'), '--port', '0']);
    const url = await started.printed(/the graph +(\S+)/);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ sources { id } }"}',
    });
    const { data, errors } = (await answer.json()) as { data: unknown; errors: { extensions: object }[] };
    expect(data).toBeNull();
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'SOURCE_UNAVAILABLE', retryable: true }]);
    started.process.kill('SIGTERM');
    expect(await started.ended).toBe(0);
  });
});

it('says what a subgraph cannot do without a database', async () => {
  vi.stubEnv('DATABASE_URL', undefined);
  const started = start(['subgraph', 'athenanet', '--port', '0']);
  await started.printed(/(No database is shared .* no webhooks, and nobody is told what changes\.)/);
  started.process.kill('SIGTERM');
  expect(await started.ended).toBe(0);
});

it('looks for the sandbox where and as it is', async () => {
  const sandbox = await startSandbox();
  const placeless = (config: object): unknown =>
    JSON.parse(JSON.stringify(config).replaceAll(/127\.0\.0\.1:\d+/g, 'here'));
  const { store: _inOneProcess, ...config } = sandbox.config;
  expect(placeless(fixedConfig())).toEqual(placeless(config));
  await sandbox.close();
});
