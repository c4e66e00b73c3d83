import type { Resource, ResourceType } from '../payload.ts';

/** A resource, or a part of one, as it was written: also what nobody here knows is in it. */
export type Element = Readonly<Record<string, unknown>>;

export interface Original<T extends ResourceType> {
  readonly resource: Resource<T>;
  readonly document: Element;
  /** For If-Match; absent where the server has no versions. */
  readonly tag: string | undefined;
}

export interface WriteRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The server itself takes care that the same is not made twice. */
  readonly keyed?: boolean;
}

/** The version id in R4's form (http 3.1.0.5); a gateway may have changed the tag that came with the resource. */
export const tagOf = ({ meta }: Resource<ResourceType>): string | undefined =>
  meta?.versionId === undefined ? undefined : `W/"${meta.versionId}"`;
