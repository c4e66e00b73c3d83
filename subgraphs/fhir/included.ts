import { type Resource, type ResourceType, toResource } from './payload.ts';

/** Resources that came along with a search (`search.mode` include), by type and id. */
export class Included {
  readonly #byType = new Map<string, Map<string, unknown>>();
  readonly #read = new Map<string, unknown>();
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  add(raw: { readonly resourceType: string; readonly id?: unknown }): void {
    if (typeof raw.id !== 'string') return;
    const ofType = this.#byType.get(raw.resourceType) ?? new Map<string, unknown>();
    ofType.set(raw.id, raw);
    this.#byType.set(raw.resourceType, ofType);
  }

  /** @throws GraphError BAD_VENDOR_ANSWER when one of them cannot be read. */
  all<T extends ResourceType>(type: T): readonly Resource<T>[] {
    return [...(this.#byType.get(type)?.values() ?? [])].map((raw) => toResource(type, raw, this.#source));
  }

  /** As they came. */
  raw(type: string): readonly unknown[] {
    return [...(this.#byType.get(type)?.values() ?? [])];
  }

  /** Those that can be read; the others are left to be asked for by their ids. */
  readable<T extends ResourceType>(type: T, isWanted: (id: string) => boolean): readonly Resource<T>[] {
    return [...(this.#byType.get(type)?.entries() ?? [])].flatMap(([id, raw]) => {
      if (!isWanted(id)) return [];
      try {
        return toResource(type, raw, this.#source);
      } catch {
        return [];
      }
    });
  }

  has(type: string, id: string): boolean {
    return this.#read.has(`${type}/${id}`) || this.#byType.get(type)?.has(id) === true;
  }

  /** Adds what was searched for itself, so that others can point at it. */
  addMatch<T extends ResourceType>(resource: Resource<T>): void {
    this.#read.set(`${resource.resourceType}/${resource.id}`, resource);
  }

  get<T extends ResourceType>(type: T, id: string | undefined): Resource<T> | undefined {
    const read = this.#read.get(`${type}/${id}`);
    if (read !== undefined) return read as Resource<T>;
    const raw = this.#byType.get(type)?.get(id ?? '');
    return raw === undefined ? undefined : toResource(type, raw, this.#source);
  }

  merge(other: Included): void {
    for (const [, ofType] of other.#byType) for (const raw of ofType.values()) this.add(raw as never);
  }
}
