import { createHash } from 'node:crypto';
import { canonical } from '../schema/canonical.ts';

/** SHA-256 over a value's JSON, in hexadecimal; the order of an object's keys says nothing. */
export const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
