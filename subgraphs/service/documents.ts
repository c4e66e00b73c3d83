import { type DocumentNode, type GraphQLSchema, Kind, OperationTypeNode, parse, validate } from 'graphql';
import QuickLRU from 'quick-lru';

/** Documents kept: a gateway sends a few for each operation of its clients. */
const MOST_DOCUMENTS = 1_000;

/** Characters of a document worth keeping; a plan's are some thousand. */
const LONGEST_KEPT = 64 * 1024;

/** Tokens of a document: the gateway's own, which are larger than its clients'. */
const MOST_TOKENS = 100_000;

/** Documents of a schema, parsed and validated once. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #known = new QuickLRU<string, DocumentNode>({ maxSize: MOST_DOCUMENTS });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The document of a text; nothing when it is not a valid one. */
  read(text: string): DocumentNode | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const document = this.#parsed(text);
    if (document !== undefined && text.length <= LONGEST_KEPT) this.#known.set(text, document);
    return document;
  }

  #parsed(text: string): DocumentNode | undefined {
    try {
      const document = parse(text, { noLocation: true, maxTokens: MOST_TOKENS });
      return validate(this.#schema, document, undefined, { maxErrors: 1 }).length === 0 ? document : undefined;
    } catch {
      return undefined;
    }
  }
}

export const isSubscription = ({ definitions }: DocumentNode): boolean =>
  definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION);
