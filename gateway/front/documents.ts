import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { beyond, documentLimit, LIMITS, reservedAliases } from '../limits.ts';
import { Weighed } from '../weighed.ts';
import { isRefusal, type Refusal, refuseAll } from './refusal.ts';

/** Documents kept: an application has a few hundred. */
const MOST_DOCUMENTS = 2_000;
/**
 * Bytes that all kept documents may take: a token's share of the parsed document, with its places in the text, is some
 * 400 bytes, so that 64 MB are about 600 operations of the size of the saved ones and thirty of the largest.
 */
const MOST_BYTES = 64 * 1024 * 1024;
const BYTES_PER_TOKEN = 400;

/** Faults named of one document: each costs a search for what it may have meant. */
const MOST_ERRORS = 20;

export interface DocumentOptions {
  /** Introspection and "did you mean": for development. */
  readonly explorer: boolean;
}

/** Parses, counts and validates each text, whichever way it comes, and keeps what came of it unless it is very long. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #rules: readonly ValidationRule[];
  readonly #hideSuggestions: boolean;
  readonly #known = new Weighed<DocumentNode | Refusal>({ entries: MOST_DOCUMENTS, weight: MOST_BYTES });

  constructor(schema: GraphQLSchema, { explorer }: DocumentOptions) {
    this.#schema = schema;
    this.#hideSuggestions = !explorer;
    this.#rules = [...specifiedRules, reservedAliases, ...(explorer ? [] : [NoSchemaIntrospectionCustomRule])];
  }

  /** The valid document that a text is, or why it is none. */
  get(text: string): DocumentNode | Refusal {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = this.#check(text);
    this.#known.set(text, made, text.length * 2 + (isRefusal(made) ? 4 : tokensOf(made)) * BYTES_PER_TOKEN);
    return made;
  }

  #check(text: string): DocumentNode | Refusal {
    const document = read(text);
    if (document instanceof GraphQLError) return refuseAll([document]);
    const limit = documentLimit(document);
    if (limit !== undefined) return refuseAll([limit]);
    const errors = validate(this.#schema, document, this.#rules, {
      maxErrors: MOST_ERRORS,
      hideSuggestions: this.#hideSuggestions,
    });
    return errors.length === 0 ? document : refuseAll(errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')));
  }
}

const coded = (error: GraphQLError, code: string): GraphQLError => {
  const { message, nodes, source, positions } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
};

const read = (text: string): DocumentNode | GraphQLError => {
  try {
    return parse(text, { maxTokens: LIMITS.tokens });
  } catch (thrown) {
    // the parser calls itself for what stands in something else
    if (thrown instanceof RangeError) return beyond('DEPTH_LIMIT');
    if (!(thrown instanceof GraphQLError)) throw thrown;
    return /more tha[nt] \d+ tokens/.test(thrown.message)
      ? beyond('TOKEN_LIMIT')
      : coded(thrown, 'GRAPHQL_PARSE_FAILED');
  }
};

const tokensOf = ({ loc }: DocumentNode): number => {
  let count = 0;
  for (let token = loc?.startToken; token !== undefined && token !== null; token = token.next ?? undefined) count++;
  return count;
};
