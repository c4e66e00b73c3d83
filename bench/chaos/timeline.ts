/** What was true from one moment to another, in milliseconds of this process's monotonic clock. */
interface Version<T> {
  readonly value: T;
  readonly since: number;
  until: number;
}

/**
 * What one thing was over time. A change happens between two moments: both the old and the new value count as held
 * there.
 */
export class Timeline<T> {
  readonly #same: (one: T, other: T) => boolean;
  readonly #versions: Version<T>[] = [];

  constructor(same: (one: T, other: T) => boolean = Object.is) {
    this.#same = same;
  }

  /** What it is since a change that happened between these moments; the first value held always. */
  note(value: T, began: number, ended: number): void {
    const last = this.#versions.at(-1);
    const isOver = last !== undefined && last.until <= began;
    if (last !== undefined && !isOver && this.#same(last.value, value)) return;
    if (last !== undefined) last.until = Math.min(last.until, ended);
    const since = last === undefined ? Number.NEGATIVE_INFINITY : began;
    this.#versions.push({ value, since, until: Number.POSITIVE_INFINITY });
  }

  /** It is nothing since a change that had happened by then. */
  end(ended: number): void {
    const last = this.#versions.at(-1);
    if (last !== undefined) last.until = Math.min(last.until, ended);
  }

  /** All that it was at some moment between these two. */
  held(from: number, to: number): readonly T[] {
    return this.#versions.filter(({ since, until }) => since <= to && until >= from).map(({ value }) => value);
  }
}
