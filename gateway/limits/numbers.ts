/** What one request may cost before it is even planned. The same for every way in: POST, GET, SSE and WebSocket. */
export const LIMITS = {
  /**
   * Bytes of a request's body, unless more is configured for documents, and of a WebSocket's message: the longest saved
   * operation has 4 KB.
   */
  bodyBytes: 256 * 1024,
  /** Characters of a request's address: room for the largest document; Node takes 16 KB for all headers together. */
  urlLength: 12 * 1024,
  /** Levels of fields; the deepest saved operation has 9. */
  depth: 15,
  /** Aliased fields: a page of charts asks for a dozen series by alias. */
  aliases: 60,
  /** Directives of an operation. */
  directives: 60,
  /** Tokens of a document, counted while it is parsed. */
  tokens: 5_000,
  /**
   * Selections of an operation with its fragments put in, each time that they are spread. A document of 5,000 tokens
   * without fragments has at most half as many.
   */
  selections: 10_000,
  /**
   * Pairs of selections that answer under one name in one place: validation compares each pair, so that 5,000 times
   * the same field would cost it seconds.
   */
  repeats: 20_000,
  /** Items of any list in a document or in its variables. The graph's own arguments take 100. */
  listItems: 1_000,
  /** Lists and objects within each other, in values and in types; the deepest input of the graph has 4. */
  nesting: 20,
  /** Values in all variables together, the lists and objects that hold them included. */
  variableValues: 10_000,
  /** Milliseconds that a client has to send its request. */
  requestMs: 30_000,
  /** Milliseconds until an operation's vendor calls are given up. */
  operationMs: 30_000,
} as const;
