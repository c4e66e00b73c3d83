import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { presentError } from '../errors.ts';

/** Why a request is not carried out, before anything of it is. */
export interface Refusal {
  readonly errors: readonly GraphQLFormattedError[];
  /** The HTTP status; WebSockets have none. */
  readonly status: number;
  /**
   * Does the status hold in whatever media type the client accepts? Otherwise a well-formed request that asks for
   * `application/json` is answered by 200, as GraphQL over HTTP has it.
   */
  readonly always: boolean;
}

export const isRefusal = (value: object): value is Refusal => 'errors' in value && 'always' in value;

interface Detail {
  readonly status?: number;
  readonly always?: boolean;
}

export const refuseAll = (errors: readonly GraphQLError[], { status = 400, always = false }: Detail = {}): Refusal => ({
  errors: errors.map((error) => presentError(error)),
  status,
  always,
});

/** A refusal with a fixed sentence; nothing of the request may be in it. */
export const refuse = (code: string, message: string, detail?: Detail): Refusal =>
  refuseAll([new GraphQLError(message, { extensions: { code } })], detail);

/** A request that cannot be read. */
export const malformed = (message: string, status = 400): Refusal =>
  refuse('BAD_REQUEST', message, { status, always: true });

/** For connections that stay: there is no more room, or there soon will be nobody to answer. */
export const TOO_MANY_STREAMS = refuse('STREAM_LIMIT', 'Too many clients are connected.', {
  status: 503,
  always: true,
});
export const DRAINING = refuse('STREAM_LIMIT', 'The server is stopping: connect again.', { status: 503, always: true });
