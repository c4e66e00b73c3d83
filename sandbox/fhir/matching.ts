import { askedDate, compares } from './dates.ts';
import { Refused } from './faults.ts';
import type { Parameter } from './parameters.ts';
import { type Clause, unescaped } from './query.ts';
import { contactKey, folded, type Token, type Value } from './values.ts';

/** What a comparison needs to know beside the values. */
export interface Setting {
  /** Zone of dates without an offset. */
  readonly zone: string;
  readonly now: () => number;
  /** True where `MRN|123` may name an identifier by its type (Epic). */
  readonly identifierTypes: boolean;
}

type Test = (value: Value) => boolean;

/** `system|code`, `|code` (no system), `system|` (any code of it) or `code` (of any system). */
const tokenTest = (raw: string, { identifierTypes }: Setting): Test => {
  const bar = raw.search(/(?<!\\)\|/);
  const system = bar < 0 ? undefined : unescaped(raw.slice(0, bar));
  const code = unescaped(raw.slice(bar + 1));
  const systemHolds = (token: Token): boolean =>
    system === undefined ||
    token.system === null ||
    (system === '' ? token.system === undefined : token.system === system) ||
    (identifierTypes && token.kinds.includes(system));
  const contact = contactKey(code);
  const codeHolds = (token: Token): boolean =>
    token.code === code || (code === '' && system !== undefined) || (isContact(token) && token.code === contact);
  return (value) => value.is === 'token' && systemHolds(value) && codeHolds(value);
};

const isContact = (token: Token): boolean =>
  token.system === 'phone' || token.system === 'sms' || token.system === 'email';

/** Starts with, by default; without regard to case and accents unless `:exact`. */
const textTest = (raw: string, modifier: string | undefined): Test => {
  const asked = unescaped(raw);
  if (modifier === 'exact') return (value) => value.is === 'text' && value.text === asked;
  const plain = folded(asked);
  return modifier === 'contains'
    ? (value) => value.is === 'text' && folded(value.text).includes(plain)
    : (value) => value.is === 'text' && folded(value.text).startsWith(plain);
};

const dateTest = (raw: string, { zone, now }: Setting): Test => {
  const asked = askedDate(raw, zone);
  if (asked === undefined) throw new Refused('bad-value');
  return (value) => value.is === 'time' && compares(asked, value, now());
};

const RESOURCE_ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * The keys a reference may have: `12` is that id of any type the parameter points to, `Patient/12` one resource.
 * A modifier names the type (`actor:Practitioner=12`).
 */
export const referenceKeys = (parameter: Parameter, modifier: string | undefined, raw: string): readonly string[] => {
  const asked = unescaped(raw);
  if (!RESOURCE_ID.test(asked)) return [asked];
  return (modifier === undefined ? parameter.targets : [modifier]).map((type) => `${type}/${asked}`);
};

const testOf = (clause: Clause, raw: string, setting: Setting): Test => {
  switch (clause.parameter.kind) {
    case 'token':
      return tokenTest(raw, setting);
    case 'date':
    case 'updated':
      return dateTest(raw, setting);
    case 'reference': {
      const keys = new Set(referenceKeys(clause.parameter, clause.modifier, raw));
      return (value) => value.is === 'reference' && keys.has(value.key);
    }
    case 'id':
      return (value) => value.is === 'token' && value.code === raw;
    case 'uri':
      return textTest(raw, 'exact');
    default:
      return textTest(raw, clause.modifier);
  }
};

/** Whether a resource's values fulfil a clause without a chain. Refuses a value that cannot be read. */
export const clauseTest = (clause: Clause, setting: Setting): ((values: readonly Value[]) => boolean) => {
  if (clause.modifier === 'missing') {
    const [asked] = clause.values;
    if (asked !== 'true' && asked !== 'false') throw new Refused('bad-value');
    return (values) => (values.length === 0) === (asked === 'true');
  }
  const tests = clause.values.map((raw) => testOf(clause, raw, setting));
  const any = (values: readonly Value[]): boolean => values.some((value) => tests.some((test) => test(value)));
  return clause.modifier === 'not' ? (values) => !any(values) : any;
};
