import { GraphError } from '../../../schema/errors.ts';
import { statusError } from '../../../upstream/status.ts';
import type { Reply } from '../outcome.ts';
import type { Service } from '../service.ts';

/**
 * Where an element stands in the graph's input, by its FHIRPath without positions; `#` in a path is the element's first
 * position. An element that is not in the table stands where the next one around it does.
 */
export type Places = Readonly<Record<string, readonly string[]>>;

/** http://hl7.org/fhir/R4/valueset-issue-type.html: only these words are passed on, others might be of a person. */
const ISSUE_TYPES: ReadonlySet<string> = new Set(
  'invalid structure required value invariant security login unknown expired forbidden suppressed processing not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational'.split(
    ' ',
  ),
);
/** Epic's error numbers. */
const NUMBER = /^\d{3,6}$/;
/** Whatever the issues say, these statuses speak for themselves. */
const PLAIN: ReadonlySet<number> = new Set([401, 403, 404, 408, 409, 410, 412, 423, 429]);
const UNSUPPORTED: ReadonlySet<number> = new Set([405, 415, 501]);
const KEPT: ReadonlySet<string> = new Set(['FORBIDDEN', 'RATE_LIMITED', 'UNAUTHENTICATED_AT_VENDOR']);

/** The vendor's own number of a refusal, else the issue's type. */
export const vendorCodeOf = ({ issues = [] }: Pick<Reply, 'issues'>): string | undefined => {
  const failures = issues.filter(({ severity }) => severity === 'fatal' || severity === 'error');
  const numbers = failures.flatMap(({ details }) => details?.coding.flatMap(({ code }) => code ?? []) ?? []);
  return (
    numbers.find((code) => NUMBER.test(code)) ??
    failures.flatMap(({ code }) => code ?? []).find((code) => ISSUE_TYPES.has(code))
  );
};

/** The place in the graph's input of what `expression` names. */
export const placeOf = (expression: string, places: Places): readonly string[] | undefined => {
  const [, position = '0'] = /\[(\d+)\]/.exec(expression) ?? [];
  const parts = expression.replace(/\[\d+\]|\.(?:ofType|where)\([^)]*\)/g, '').split('.');
  for (let length = parts.length; length > 1; length--) {
    const place = parts.slice(0, length).join('.');
    if (Object.hasOwn(places, place)) return places[place]?.map((part) => (part === '#' ? position : part));
  }
  return undefined;
};

const issuesOf = ({ issues = [] }: Reply, places: Places) =>
  issues.flatMap(({ code, expression }) =>
    expression.flatMap((one) => {
      const path = placeOf(one, places);
      const rule = code !== undefined && ISSUE_TYPES.has(code) ? code : 'vendor';
      return path === undefined ? [] : [{ path, rule, message: 'The vendor refuses this.' }];
    }),
  );

/**
 * The failure that an answer to a write stands for, or `undefined` when it is none. What says for sure that nothing was
 * written is a refusal; any other is SOURCE_UNAVAILABLE, TIMEOUT or BAD_VENDOR_ANSWER.
 */
export const refusalOf = (reply: Reply, service: Service, places: Places): GraphError | undefined => {
  const { status } = reply;
  const { source } = service;
  if (status >= 200 && status < 300) return undefined;
  if (UNSUPPORTED.has(status)) return new GraphError('UNSUPPORTED_BY_VENDOR', { source, status });
  if (status < 400 || status >= 500)
    return statusError({ status, headers: reply.headers, text: '' }, source, service.now());
  const failure = service.client.failure(reply);
  if (PLAIN.has(status) || (failure !== undefined && KEPT.has(failure.code))) return failure;
  const issues = issuesOf(reply, places);
  if (issues.length > 0) return new GraphError('VALIDATION', { source, status, issues });
  const vendorCode = vendorCodeOf(reply);
  return new GraphError('VENDOR_REJECTED', { source, status, ...(vendorCode === undefined ? {} : { vendorCode }) });
};

/** A conflict that is none of versions: there are none of what is new. */
export const ruleOf = (reply: Reply, { source }: Service): GraphError => {
  const vendorCode = vendorCodeOf(reply);
  return new GraphError('VENDOR_REJECTED', {
    source,
    status: reply.status,
    ...(vendorCode === undefined ? {} : { vendorCode }),
  });
};
