import { randomUUID } from 'node:crypto';
import { demand } from './writing.ts';

/** Documents that are on their way in, a part at a time. */
export interface Uploads {
  /** Takes a part for somebody's document, which begins anew when `name` is empty; the document's name. */
  add(owner: string, name: string, offset: number, bytes: Buffer): string;
  /** The whole document, once. */
  take(owner: string, name: string): Buffer;
}

interface Upload {
  readonly owner: string;
  readonly parts: Buffer[];
}

/** More than any test has under way; the oldest goes when another begins. */
const MOST_UPLOADS = 100;

/** Keeps the parts until the last one has come. Refuses parts out of order and names of others' documents. */
export const openUploads = (): Uploads => {
  const uploads = new Map<string, Upload>();
  const begin = (owner: string): readonly [string, Upload] => {
    const [oldest] = uploads.keys();
    if (oldest !== undefined && uploads.size >= MOST_UPLOADS) uploads.delete(oldest);
    const [name, upload] = [randomUUID(), { owner, parts: [] }];
    uploads.set(name, upload);
    return [name, upload];
  };
  const find = (owner: string, name: string): Upload => {
    const found = uploads.get(name.toLowerCase());
    demand(found?.owner === owner, 'documentVar is not valid.');
    return found;
  };
  return {
    add: (owner, given, offset, bytes) => {
      const present = given === '' ? undefined : find(owner, given);
      const length = (present?.parts ?? []).reduce((sum, part) => sum + part.length, 0);
      demand(offset === length, 'offset is not valid.');
      const [name, upload] = present ? [given, present] : begin(owner);
      upload.parts.push(bytes);
      return name;
    },
    take: (owner, name) => {
      const { parts } = find(owner, name);
      uploads.delete(name.toLowerCase());
      return Buffer.concat(parts);
    },
  };
};
