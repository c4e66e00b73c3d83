import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isPrivateAddress } from './upstream/network.ts';
import { SigningKeyError, signingKey } from './upstream/signing-key.ts';
import { Secret } from './upstream/source.ts';

export const text = z.string({ error: 'must be text' }).min(1, { error: 'must not be empty' });
export const secret = text.transform((value) => new Secret(value));
export const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const isBare = (value: string): boolean => {
  if (!URL.canParse(value)) return true; // that is told already
  const { username, password, search, hash } = new URL(value);
  return [username, password, search, hash].every((part) => part === '');
};

/** An address under which others stand. Vendors tell it back in their own writing: it is in the one that is compared. */
export const publicUrl = url
  .refine(isBare, { error: 'must have no credentials, no query and no fragment' })
  .transform((value) => new URL(value).href.replace(/\/+$/, ''));

/** How a source signs in, as `sources.yaml` says it. */
export const auth = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({ type: z.literal('bearer'), token: secret }),
    z.strictObject({ type: z.literal('basic'), username: text, password: secret }),
    z.strictObject({
      type: z.literal('client-credentials'),
      tokenUrl: url,
      clientId: text,
      clientSecret: secret,
      clientAuthentication: z.enum(['basic', 'body'], { error: 'must be basic or body' }).default('basic'),
      scope: text.optional(),
    }),
    z.strictObject({
      type: z.literal('smart-backend'),
      clientId: text,
      privateKeyFile: text,
      keyId: text.optional(),
      scope: text,
      tokenUrl: url.optional(),
    }),
    z.strictObject({
      type: z.literal('unity'),
      appName: text,
      username: text,
      password: secret,
      ehrUser: text,
      ehrPassword: secret,
    }),
  ],
  { error: 'must be one of none, bearer, basic, client-credentials, smart-backend, unity' },
);

/** What is wrong with where a source's calls go: outside of private networks they need TLS and a public address. */
export const urlProblems = (value: string, at: string, allowPrivateNetwork: boolean): readonly string[] => {
  if (allowPrivateNetwork) return [];
  const { protocol, hostname } = new URL(value);
  const address = hostname.replace(/^\[|\]$/g, '');
  return [
    ...(protocol === 'http:' ? [`${at}: must be https unless allowPrivateNetwork is true`] : []),
    ...(isIP(address) !== 0 && isPrivateAddress(address)
      ? [`${at}: is in a private network, which needs allowPrivateNetwork: true`]
      : []),
  ];
};

const keyFileProblems = (path: string, at: string): readonly string[] => {
  try {
    signingKey(readFileSync(path, 'utf8'));
    return [];
  } catch (thrown) {
    return [`${at}: ${thrown instanceof SigningKeyError ? thrown.message : 'cannot be read'}`];
  }
};

/** What is wrong with a sign-in that its shape does not show. */
export const authProblems = (
  given: z.output<typeof auth>,
  at: string,
  allowPrivateNetwork: boolean,
): readonly string[] => [
  ...('tokenUrl' in given && given.tokenUrl !== undefined
    ? urlProblems(given.tokenUrl, `${at}.tokenUrl`, allowPrivateNetwork)
    : []),
  ...(given.type === 'smart-backend' ? keyFileProblems(given.privateKeyFile, `${at}.privateKeyFile`) : []),
];
