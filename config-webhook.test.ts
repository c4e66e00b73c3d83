import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const SECRET = 'a-secret-of-some-length';
const source = {
  id: 'springfield',
  name: 'Springfield',
  vendor: 'athenahealth',
  baseUrl: 'https://api.example.org',
  timeZone: 'America/New_York',
  practiceId: 195900,
  auth: {
    type: 'client-credentials',
    tokenUrl: 'https://api.example.org/oauth2/v1/token',
    clientId: 'us',
    clientSecret: 'hush',
  },
  webhook: { secret: '${SECRET}' },
};
const read = (more: object = {}, publicUrl: string | undefined = 'https://graph.example.com/', secret = SECRET) =>
  readConfig(
    { sources: [{ ...source, ...more }], gateway: publicUrl === undefined ? {} : { publicUrl } },
    { SECRET: secret },
  );
const problems = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('a webhook', () => {
  it('is where the vendor reaches this deployment, under the source’s id', () => {
    const webhook = read().sources[0]?.webhook;
    expect(webhook?.url).toBe('https://graph.example.com/hooks/springfield');
    expect(webhook?.secret.reveal()).toBe(SECRET);
    expect(inspect(webhook)).not.toContain(SECRET);
  });

  it.each([
    ['a vendor that does not tell', { vendor: 'epic', dialect: 'r4', auth: { type: 'bearer', token: 'x' } }],
    ['a dialect that does not tell', { dialect: 'guide' }],
  ])('is refused for %s', (_, more) => {
    expect(problems(() => read(more))).toContain('sources[0].webhook: this vendor does not tell of changes itself');
  });

  it('needs to know where this deployment is reached', () => {
    expect(problems(() => readConfig({ sources: [source] }, { SECRET }))).toEqual([
      'sources[0].webhook: needs gateway.publicUrl',
    ]);
  });

  it('is reached by TLS, unless its source is in a private network', () => {
    expect(problems(() => read({}, 'http://graph.example.com'))).toEqual([
      'gateway.publicUrl: must be https unless allowPrivateNetwork is true',
    ]);
    expect(read({ allowPrivateNetwork: true }, 'http://127.0.0.1:4000').sources[0]?.webhook?.url).toBe(
      'http://127.0.0.1:4000/hooks/springfield',
    );
  });

  it.each([
    ['https://Graph.Example.com:443/base//', 'https://graph.example.com/base/hooks/springfield'],
    ['https://graph.example.com:8443', 'https://graph.example.com:8443/hooks/springfield'],
  ])('of %s is written as addresses are compared', (publicUrl, url) => {
    expect(read({}, publicUrl).sources[0]?.webhook?.url).toBe(url);
  });

  it.each([
    ['https://graph.example.com/?tenant=1', 'must have no credentials, no query and no fragment'],
    ['https://graph.example.com/#hooks', 'must have no credentials, no query and no fragment'],
    ['https://us:hush@graph.example.com', 'must have no credentials, no query and no fragment'],
    ['graph.example.com', 'must be an http or https URL'],
  ])('is not reached at %s', (publicUrl, problem) => {
    expect(problems(() => read({}, publicUrl))).toEqual([`gateway.publicUrl: ${problem}`]);
  });

  it.each(['short', 'with spaces in between it', 'ünicode-is-no-header-value'])(
    'is refused for the secret "%s", which is not repeated',
    (secret) => {
      const told = problems(() => read({}, undefined, secret));
      expect(told).toEqual(['sources[0].webhook.secret: must be 16 to 128 letters, digits and any of _ . ~ + / = -']);
    },
  );
});
