import type { Resource } from '@medplum/fhirtypes';

/** One version of a resource, with the exact text that goes out. */
export interface Version {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  /** Milliseconds. */
  readonly lastUpdated: number;
  readonly resource: Resource;
  readonly text: string;
  /** Place in the order of first appearance; kept by later versions. */
  readonly order: number;
}

/** One resource that differs from before. */
export interface StoreChange {
  readonly kind: 'created' | 'updated' | 'deleted';
  /** The new version; of a deleted resource the last one. */
  readonly version: Version;
}

export const keyOf = (version: { readonly type: string; readonly id: string }): string =>
  `${version.type}/${version.id}`;

/**
 * Resources with all their versions, in memory. Texts are kept beside the parsed form, because a JSON number that went
 * through a float has lost its digits (`1.00`).
 */
export class Store {
  readonly #current = new Map<string, Map<string, Version>>();
  readonly #history = new Map<string, Version[]>();
  /** Ids of what changed, per type, in the order in which it did. */
  readonly #changes = new Map<string, string[]>();
  readonly #watchers: ((change: StoreChange) => void)[] = [];
  #order = 0;

  types(): readonly string[] {
    return [...this.#current.keys()];
  }

  /** Calls back at every change from now on: after a new version stands, before a deleted resource is gone. */
  watch(watcher: (change: StoreChange) => void): void {
    this.#watchers.push(watcher);
  }

  /** Adds a resource, or a newer version of one with the same id. */
  put(draft: Omit<Version, 'order' | 'type' | 'id'>): void {
    const { resourceType: type, id } = draft.resource;
    if (id === undefined) throw new Error('A resource without an id cannot be served');
    const key = `${type}/${id}`;
    const history = this.#history.get(key) ?? [];
    const version: Version = { ...draft, type, id, order: history[0]?.order ?? this.#order++ };
    this.#history.set(key, [...history, version]);
    const list = this.#current.get(type) ?? new Map<string, Version>();
    const kind = list.has(id) ? 'updated' : 'created';
    list.set(id, version);
    this.#current.set(type, list);
    this.#changed(type, id);
    this.#tell({ kind, version });
  }

  /** From now on the resource is gone; its history stays. */
  remove(type: string, id: string): void {
    const version = this.current(type, id);
    if (version === undefined) return;
    this.#tell({ kind: 'deleted', version });
    this.#current.get(type)?.delete(id);
    this.#changed(type, id);
  }

  current(type: string, id: string): Version | undefined {
    return this.#current.get(type)?.get(id);
  }

  /** True when there was such a resource and it is no longer there. */
  wasRemoved(type: string, id: string): boolean {
    return this.current(type, id) === undefined && this.#history.has(`${type}/${id}`);
  }

  all(type: string): readonly Version[] {
    return [...(this.#current.get(type)?.values() ?? [])];
  }

  /** Oldest first. */
  versions(type: string, id: string): readonly Version[] {
    return this.#history.get(`${type}/${id}`) ?? [];
  }

  /** Grows with every change to resources of this type: an index knows by it when it is out of date. */
  revision(type: string): number {
    return this.#changes.get(type)?.length ?? 0;
  }

  /** The ids of what changed after a revision, some more than once. */
  changedSince(type: string, revision: number): readonly string[] {
    return this.#changes.get(type)?.slice(revision) ?? [];
  }

  #tell(change: StoreChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }

  #changed(type: string, id: string): void {
    const list = this.#changes.get(type);
    if (list === undefined) this.#changes.set(type, [id]);
    else list.push(id);
  }
}
