import { z } from 'zod';
import { text, urlProblems } from './config-auth.ts';
import { Secret } from './upstream/source.ts';

/** Whoever knows the secret may say what changed; vendors sign with it, or send it along as a header. */
export const webhook = z.strictObject({
  secret: text
    .regex(/^[\w.~+/=-]{16,128}$/, { error: 'must be 16 to 128 letters, digits and any of _ . ~ + / = -' })
    .transform((value) => new Secret(value)),
});

/** What is wrong with a webhook that its shape does not show. `pushes`: whether the vendor tells of changes itself. */
export const webhookProblems = (
  pushes: boolean,
  publicUrl: string | undefined,
  at: string,
  allowPrivateNetwork: boolean,
): readonly string[] => {
  if (!pushes) return [`${at}.webhook: this vendor does not tell of changes itself`];
  if (publicUrl === undefined) return [`${at}.webhook: needs gateway.publicUrl`];
  return urlProblems(publicUrl, 'gateway.publicUrl', allowPrivateNetwork);
};
