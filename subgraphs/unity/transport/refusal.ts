import type { ErrorCode } from '../../../schema/enums.ts';
import { GraphError } from '../../../schema/errors.ts';
import type { Answer } from '../../../upstream/request.ts';
import { statusError } from '../../../upstream/status.ts';
import { type Verdict, verdictByStatus } from '../../../upstream/verdict.ts';
import { cell, type Row, type Table } from '../payload.ts';

/** Why Unity said no, as its text tells. */
export type Refusal = 'session' | 'credentials' | 'licence' | 'server' | 'other';

/** Unity explains itself in sentences only; the first that matches counts. */
const SENTENCES: readonly (readonly [RegExp, Refusal])[] = [
  [/logged out|must be authenticated/i, 'session'],
  [/not valid for this license/i, 'licence'],
  [/username and password|not valid for any license|failedauthentication/i, 'credentials'],
  [/internalservicefault|internal error/i, 'server'],
];

const CODES: Readonly<Record<Refusal, ErrorCode>> = {
  session: 'UNAUTHENTICATED_AT_VENDOR',
  credentials: 'UNAUTHENTICATED_AT_VENDOR',
  licence: 'UNSUPPORTED_BY_VENDOR',
  server: 'SOURCE_UNAVAILABLE',
  other: 'VENDOR_REJECTED',
};

/** What the words of a refusal to save tell beyond its kind. */
export interface Said {
  /** Unity itself refused, and nothing was saved. Not certain when its server broke down over the request. */
  readonly certain: boolean;
  /** The time is taken, or the record is in no state for it. */
  readonly about?: 'time' | 'state';
  /** The argument, element or item that it names as wrong or missing. */
  readonly field?: string;
}

const OWN_WORDS = /critical|magic error/i;
const BROKEN_DOWN = /object reference|exception|time-?out|deadlock|aborted/i;
/** Texts but the first are assumptions: what Unity says of a refused value is not public. */
const ABOUT: readonly (readonly [RegExp, Said['about']])[] = [
  [/not available|already booked|double[ -]?book/i, 'time'],
  [/status .*cannot be changed|with status .*cannot/i, 'state'],
];
const NAMED =
  /(?:^|[:-]\s*)(?<field>[A-Za-z]\w*(?: name| reason)?) (?:is (?:not valid|required|invalid|missing)|does not)/i;

export const saidBy = (text: string): Said => {
  const about = ABOUT.find(([sentence]) => sentence.test(text))?.[1];
  const field = NAMED.exec(text)?.groups?.field;
  return {
    certain: OWN_WORDS.test(text) && !BROKEN_DOWN.test(text),
    ...(about === undefined ? {} : { about }),
    ...(field === undefined ? {} : { field }),
  };
};

/** A refusal that Unity put into words. The words themselves stay out: they may repeat what was asked. */
export class UnityRefusal extends GraphError {
  readonly refusal: Refusal;
  readonly said: Said;
  constructor(refusal: Refusal, source: string, status?: number, text = '') {
    super(CODES[refusal], { source, ...(status === undefined ? {} : { status }) });
    this.refusal = refusal;
    this.said = saidBy(text);
  }
}

export const refusalOf = (text: string): Refusal => SENTENCES.find(([sentence]) => sentence.test(text))?.[1] ?? 'other';

const textAt = (value: unknown, ...path: readonly string[]): string => {
  const found = path.reduce<unknown>(
    (node, name) => (typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[name] : undefined),
    value,
  );
  if (typeof found === 'string') return found;
  return found === undefined ? '' : textAt(found, '$value');
};

/** The refusal in a parsed SOAP 1.1 or 1.2 fault; UnityFault's own message before the generic one. */
export const faultRefusal = (fault: unknown, source: string, status?: number): UnityRefusal => {
  const texts = [
    textAt(fault, 'detail', 'UnityFault', 'ErrorMessage'),
    textAt(fault, 'Detail', 'UnityFault', 'ErrorMessage'),
    textAt(fault, 'Code', 'Subcode', 'Value'),
    textAt(fault, 'faultcode'),
    textAt(fault, 'faultstring'),
    textAt(fault, 'Reason', 'Text'),
  ];
  const spoken = texts.filter((text) => text !== '');
  const kind = spoken.map(refusalOf).find((kind) => kind !== 'other');
  return new UnityRefusal(kind ?? 'other', source, status, spoken[0]);
};

const ENVELOPE = /^\s*(?:<\?xml[^>]*>\s*)?<(?:[\w.-]+:)?Envelope[\s>]/;

/** What an answer says of Unity's health: a fault with HTTP 500 that is a refusal was answered by a source that works. */
export const verdictOf = (answer: Answer, now: number): Verdict =>
  answer.status === 500 && ENVELOPE.test(answer.text) && refusalOf(answer.text) !== 'server'
    ? { kind: 'answered' }
    : verdictByStatus(answer, now);

/**
 * The SOAP envelope of an answer. Faults come with HTTP 200, 400 or 500 and are left to the caller to read; other
 * failing statuses, and pages of the hosting gateway, are not Unity speaking.
 * @throws GraphError by status, UnityRefusal for a bare `error:` text, BAD_VENDOR_ANSWER for anything else.
 */
export const envelopeOf = (answer: Answer, source: string, now: number): string => {
  const { status, text } = answer;
  const spoken = (status >= 200 && status < 300) || status === 400 || status === 500;
  if (spoken && ENVELOPE.test(text)) return text;
  // no service at this address is not "no such record"
  if (status === 404 || status === 410) throw new GraphError('SOURCE_UNAVAILABLE', { source, status });
  const failed = statusError(answer, source, now);
  if (failed !== undefined) throw failed;
  if (/^\s*error:/i.test(text)) throw new UnityRefusal(refusalOf(text), source, status, text);
  throw new GraphError('BAD_VENDOR_ANSWER', { source, status });
};

/**
 * A refusal that arrives as a well-formed answer: a row that holds nothing but an error or a critical status. A status
 * among other cells is data (a laboratory result may well be critical).
 */
export const tableRefusal = (tables: readonly Table[], source: string): UnityRefusal | undefined => {
  const [row, ...more] = tables.flatMap((table) => table.rows);
  if (row === undefined || more.length > 0) return undefined;
  const error = row.size === 1 ? cell(row, 'Error') : undefined;
  if (error !== undefined) return new UnityRefusal(refusalOf(error), source, undefined, error);
  return row.size === 1 ? statusRefusal(row, source) : undefined;
};

/** A critical status. In an answer to a save it is a refusal whatever stands beside it. */
export const statusRefusal = (row: Row, source: string): UnityRefusal | undefined => {
  const status = cell(row, 'STATUS');
  return status !== undefined && /critical/i.test(status)
    ? new UnityRefusal('other', source, undefined, status)
    : undefined;
};
