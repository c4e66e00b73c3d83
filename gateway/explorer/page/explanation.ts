import { parse, print } from 'graphql';

/** One call to a vendor, as `extensions.explain.vendorCalls` tells it. */
export interface VendorCall {
  readonly source: string;
  readonly call: string;
  readonly ms: number;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number;
  /** HIT: answered from the cache, the vendor was not asked. */
  readonly cache: string;
}

export interface Explanation {
  readonly plan?: string;
  readonly calls: readonly VendorCall[];
}

export interface SourceTotal {
  readonly source: string;
  /** Calls that reached the vendor. */
  readonly made: number;
  readonly cached: number;
  /** Time of all calls together; they may have run at the same time. */
  readonly ms: number;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const toCall = (value: unknown): VendorCall => {
  const { source, call, ms, status, cache } = fieldsOf(value);
  return {
    source: String(source),
    call: String(call),
    ms: typeof ms === 'number' ? ms : 0,
    cache: String(cache),
    ...(typeof status === 'number' ? { status } : {}),
  };
};

const indented = (text: string, depth: number): string => text.replace(/^(?=.)/gm, '  '.repeat(depth));

/** An operation on lines of its own; as it came when it is no GraphQL. */
const spread = (operation: string): string => {
  try {
    return print(parse(operation));
  } catch {
    return operation;
  }
};

/** A plan as lines of text, a step below the step that it is a part of. */
const planText = (plan: unknown, depth = 0): string => {
  const { kind, nodes, subgraph, at, operation } = fieldsOf(plan);
  if (typeof kind !== 'string') return indented(JSON.stringify(plan, null, 2), depth);
  const places = Array.isArray(at) ? at.map((place) => `\n  at ${place}`).join('') : '';
  const head = indented(`${kind}${typeof subgraph === 'string' ? ` ${subgraph}` : ''}${places}`, depth);
  const parts = Array.isArray(nodes) ? nodes.map((node) => planText(node, depth + 1)) : [];
  return [head, ...(typeof operation === 'string' ? [indented(spread(operation), depth + 1)] : []), ...parts].join(
    '\n',
  );
};

/** What an answer says about its own cost; undefined when the text is no answer or says nothing. */
export const readExplanation = (answer: string): Explanation | undefined => {
  const { explain } = fieldsOf(fieldsOf(parsed(answer)).extensions);
  if (explain === undefined) return undefined;
  const { plan, vendorCalls } = fieldsOf(explain);
  return {
    calls: Array.isArray(vendorCalls) ? vendorCalls.map(toCall) : [],
    ...(plan === undefined || plan === null ? {} : { plan: typeof plan === 'string' ? plan : planText(plan) }),
  };
};

/** The calls summed up by source, in the order in which the sources were first called. */
export const totals = (calls: readonly VendorCall[]): readonly SourceTotal[] =>
  [...Map.groupBy(calls, ({ source }) => source)].map(([source, own]) => {
    const cached = own.filter(({ cache }) => cache === 'HIT').length;
    return { source, made: own.length - cached, cached, ms: own.reduce((sum, { ms }) => sum + ms, 0) };
  });
