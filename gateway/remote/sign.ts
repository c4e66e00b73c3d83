import { SignJWT } from 'jose';
import { CONTEXT_HEADER, type OperationContext } from '../../schema/context.ts';

/**
 * Tells subgraphs of ours who asks, until when, and in which operation: a compact JWS (HS256) that they verify. One
 * token per operation, however many fetches it takes. It expires with the operation.
 */
export class Signer {
  readonly #key: Uint8Array;
  readonly #tokens = new WeakMap<OperationContext, Promise<string>>();

  constructor(secret: string) {
    this.#key = new TextEncoder().encode(secret);
  }

  sign(context: OperationContext): Promise<string> {
    const known = this.#tokens.get(context);
    if (known !== undefined) return known;
    const made = this.#make(context);
    this.#tokens.set(context, made);
    return made;
  }

  headers(token: string): Readonly<Record<string, string>> {
    return { [CONTEXT_HEADER]: token };
  }

  #make({ id, caller, startedAt, deadline, explain, now }: OperationContext): Promise<string> {
    const at = now();
    // milliseconds that are left, so that the receiver's clock need not agree with this one
    return new SignJWT({ caller, startedAt, deadline, explain, remaining: Math.max(0, deadline - at) })
      .setProtectedHeader({ alg: 'HS256' })
      .setJti(id)
      .setIssuedAt(Math.floor(at / 1000))
      .setExpirationTime(Math.ceil(deadline / 1000))
      .sign(this.#key);
  }
}
