import { type Origin, oldest } from '../../../upstream/cache/question.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import type { UnityClient } from '../client.ts';
import type { Directory } from './directory.ts';

/** What the record modules share: one source, its client, and its lists of people and places. */
export interface Unity {
  readonly source: SourceSettings;
  readonly client: UnityClient;
  readonly directory: Directory;
}

/** In the guide's dialect only what a schedule tells of providers and places is known of them. */
export const isGuide = (unity: Unity): boolean => unity.client.dialect === 'run-request';

/** Where several answers together come from; what was told now adds nothing. */
export const origin = (...answers: readonly (Origin | undefined)[]): Origin | undefined =>
  answers.reduce(
    (one, other) => (one === undefined || other === undefined ? (one ?? other) : oldest(one, other)),
    undefined,
  );

/** Fields that any answer about a record tells, or that need none. */
const ALWAYS_TOLD: ReadonlySet<string> = new Set(['id', '__typename', 'source', 'meta', 'externalId']);

/** Does an answer that covers so much tell all of these fields? What is selected of linked records is theirs. */
export const tells = (covers: 'all' | ReadonlySet<string>, fields: ReadonlySet<string>): boolean =>
  covers === 'all' || [...fields].every((field) => ALWAYS_TOLD.has(field) || field.includes('.') || covers.has(field));

/** Fields that a link tells without its record. */
const OF_LINKS: ReadonlySet<string> = new Set(['id', '__typename', 'source', 'externalId']);

/** Is more selected of a linked record than the link tells? Nobody knows: as good as yes. */
export const looksInto = (fields: ReadonlySet<string> | undefined, link: string): boolean =>
  fields === undefined ||
  [...fields].some((field) => field.startsWith(`${link}.`) && !OF_LINKS.has(field.slice(link.length + 1)));

/**
 * Asks for the lists of people and places while a schedule is under way, where more is wanted of them than their ids. A
 * search over vendors does not know what will be selected of its finds: the lists are asked for then too, which costs
 * something only once an hour.
 */
export const aheadOf = (unity: Unity, fields: ReadonlySet<string> | undefined, call: Call): void => {
  if (isGuide(unity)) return;
  unity.directory.ahead({ people: looksInto(fields, 'practitioner'), places: fields === undefined }, call);
};
