/** Which server a reference or link must stay on for the source's credentials to be used. */
export interface Base {
  readonly origin: string;
  /** Without a trailing slash; empty when the server's root is the base. */
  readonly path: string;
}

export const baseOf = (baseUrl: string): Base => {
  const { origin, pathname } = new URL(baseUrl);
  return { origin, path: pathname.replace(/\/+$/, '') };
};

/**
 * A link of the server as a path below its base, or `undefined` when it leads anywhere else: the token must never go to
 * another host (SMART App Launch 2.2, backend services).
 */
export const withinBase = (link: string, base: Base): string | undefined => {
  const url = URL.parse(link, `${base.origin}${base.path}/`);
  if (url === null || url.origin !== base.origin || url.username !== '' || url.password !== '') return undefined;
  const inside = url.pathname === base.path || url.pathname.startsWith(`${base.path}/`);
  return inside ? `${url.pathname.slice(base.path.length)}${url.search}` : undefined;
};

/** The letters of a FHIR id, up to twice its length and with `_`, which servers use although the standard does not. */
const ID = /^(?!\.+$)[A-Za-z0-9\-._]{1,128}$/;
/** Could a server have a resource with this id? What could not is never put into a URL. */
export const isId = (key: string): boolean => ID.test(key);

export interface Target {
  readonly type: string;
  readonly id: string;
}

const TARGET = /^\/?([A-Z][A-Za-z]+)\/([^/?#]+)(?:\/_history\/[^/?#]+)?$/;

/**
 * The resource of the same server that a reference stands for: `Patient/1`, `<base>/Patient/1`, either with a version.
 * `undefined` for everything else: other servers, `urn:`, `#contained`, searches, logical identifiers, display only.
 */
export const toTarget = (reference: string | undefined, base: Base): Target | undefined => {
  if (reference === undefined || /^(#|urn:)/i.test(reference)) return undefined;
  const local = /^[A-Z][A-Za-z]+\//.test(reference) ? reference : withinBase(reference, base);
  const [, type, id] = TARGET.exec(local ?? '') ?? [];
  return type === undefined || id === undefined || !isId(id) ? undefined : { type, id };
};
