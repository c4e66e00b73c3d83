import type { Resource } from '@medplum/fhirtypes';
import { LoadError, linesOf, ndjsonFiles, objectOf } from './lines.ts';
import type { Tally } from './tally.ts';

/** One resource as it stands in its file. */
export interface RawResource {
  readonly resourceType: string;
  readonly id: string;
  /** The exact line: decimals keep their digits. */
  readonly text: string;
  /** The line as JSON.parse reads it: good for searching, not for decimals. */
  readonly resource: Resource;
}

/** A resource with what it says; numbers are text. */
export interface Read extends RawResource {
  readonly value: Readonly<Record<string, unknown>>;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;

/** Every resource of the folders by type, in file order; counts the lines, and those that cannot be served. */
export const readFolders = async (
  folders: readonly string[],
  tally: Tally,
): Promise<ReadonlyMap<string, readonly Read[]>> => {
  const byType = new Map<string, Read[]>();
  const known = new Set<string>();
  for (const path of await ndjsonFiles(folders))
    for await (const line of linesOf(path)) {
      const value = objectOf(line);
      const { resourceType, id } = value;
      if (typeof resourceType !== 'string' || !TYPE.test(resourceType))
        throw new LoadError('the line has no resourceType', line.file, line.number);
      tally.line(resourceType);
      if (typeof id !== 'string' || !ID.test(id)) tally.left(resourceType, 'has no id');
      else if (known.has(`${resourceType}/${id}`)) tally.left(resourceType, 'repeats the id of an earlier line');
      else {
        known.add(`${resourceType}/${id}`);
        const list = byType.get(resourceType) ?? [];
        byType.set(resourceType, list);
        list.push({ resourceType, id, text: line.text, resource: JSON.parse(line.text) as Resource, value });
        tally.served(resourceType);
      }
    }
  return byType;
};
