import { isIP } from 'node:net';
import { refuse, warn } from './line.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Signs the context that the gateway hands to its subgraphs; the same in all processes of a deployment. */
export const CONTEXT_SECRET = 'PRACTICEGRAPH_CONTEXT_SECRET';
/** Makes and reads page cursors; the same in all processes of a deployment. */
export const CURSOR_SECRET = 'PRACTICEGRAPH_CURSOR_SECRET';

/** Everybody knows it. It lets the sandbox's processes understand each other on one machine, and nothing else. */
const DEVELOPMENT_SECRET = 'development secret of the sandbox, known to everybody';

/** HS256 wants a key of at least 256 bits (RFC 7518, section 3.2). */
const SHORTEST = 32;

export const isLoopback = (host: string): boolean => {
  const address = host.replace(/^\[|\]$/g, '');
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
};

/** A secret that processes share. @throws Refusal when it is not set, or too short to keep anything. */
export const sharedSecret = (name: string, environment: Environment): string => {
  const secret = environment[name];
  if (secret === undefined || secret === '')
    return refuse(`The environment variable ${name} is not set: all processes must have the same.`);
  if (secret.length < SHORTEST) return refuse(`${name} must have at least ${SHORTEST} characters.`);
  return secret;
};

/** The secret for processes over the sandbox: one that everybody knows when none is set, and only on this machine. */
export const sandboxSecret = (name: string, environment: Environment, hosts: readonly string[]): string => {
  if ((environment[name] ?? '') !== '' || !hosts.every(isLoopback)) return sharedSecret(name, environment);
  warn(`${name} is not set: using the sandbox's development secret, which everybody knows.`);
  return DEVELOPMENT_SECRET;
};
