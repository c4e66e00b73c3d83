/** What the bench uses of autocannon, which comes without types. */
declare module 'autocannon' {
  interface Result {
    readonly requests: { readonly total: number };
    /** Seconds. */
    readonly duration: number;
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
  }
  interface Options {
    readonly url: string;
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Called once for each connection. */
    readonly setupClient: (client: { setHeaders(headers: Readonly<Record<string, string>>): void }) => void;
  }
  interface Running extends PromiseLike<Result> {
    on(
      event: 'response',
      listener: (client: unknown, status: number, bytes: number, milliseconds: number) => void,
    ): this;
  }
  function autocannon(options: Options): Running;
  export = autocannon;
}
