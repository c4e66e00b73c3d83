type Item = { readonly id: number };
type Key<T> = (item: T) => number | undefined;

/** Records of one kind by their ids; made at the first question, and kept right from then on by `put`. */
export class Lookup<T extends Item> {
  readonly #read: () => readonly T[];
  readonly #holds: (item: T) => boolean;
  readonly #groups: Group<T>[] = [];
  #made: { readonly list: T[]; readonly byId: Map<number, T> } | undefined;

  /** `holds` says which records of the list count. */
  constructor(read: () => readonly T[], holds: (item: T) => boolean = () => true) {
    this.#read = read;
    this.#holds = holds;
  }

  get all(): readonly T[] {
    return this.#kept().list;
  }

  one(id: number): T | undefined {
    return this.#kept().byId.get(id);
  }

  /** The records by a number that they name, in the order of the list. */
  by(key: Key<T>): (value: number) => readonly T[] {
    const group = new Group(key);
    this.#groups.push(group);
    return (value) => group.of(this.all, value);
  }

  /** A record that is new, or stands now for the one of its id. */
  put(item: T): void {
    if (this.#made === undefined) return;
    const { list, byId } = this.#made;
    const before = byId.get(item.id);
    const at = before === undefined ? list.length : list.lastIndexOf(before);
    const next = this.#holds(item) ? [item] : [];
    list.splice(at, before === undefined ? 0 : 1, ...next);
    byId.delete(item.id);
    for (const one of next) byId.set(one.id, one);
    for (const group of this.#groups) group.exchange(before, next[0]);
  }

  #kept(): { readonly list: T[]; readonly byId: Map<number, T> } {
    if (this.#made === undefined) {
      const list = this.#read().filter(this.#holds);
      this.#made = { list, byId: new Map(list.map((item) => [item.id, item])) };
    }
    return this.#made;
  }
}

class Group<T extends Item> {
  readonly #key: Key<T>;
  #made: Map<number | undefined, T[]> | undefined;

  constructor(key: Key<T>) {
    this.#key = key;
  }

  of(list: readonly T[], value: number): readonly T[] {
    this.#made ??= Map.groupBy(list, this.#key);
    return this.#made.get(value) ?? [];
  }

  exchange(before: T | undefined, after: T | undefined): void {
    if (this.#made === undefined) return;
    if (before !== undefined && after !== undefined && this.#key(before) === this.#key(after)) {
      const same = this.#of(before);
      same[same.indexOf(before)] = after;
      return;
    }
    if (before !== undefined) {
      const left = this.#of(before);
      left.splice(left.indexOf(before), 1);
    }
    if (after !== undefined) this.#of(after).push(after);
  }

  #of(item: T): T[] {
    const value = this.#key(item);
    const known = this.#made?.get(value);
    if (known !== undefined) return known;
    const made: T[] = [];
    this.#made?.set(value, made);
    return made;
  }
}
