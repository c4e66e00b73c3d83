/** Readings past what is kept that are under way: where the source's changes stood when each began. */
export class Readings {
  readonly #underWay = new Set<{ readonly position: number | undefined }>();

  async during<T>(position: number | undefined, read: () => Promise<T>): Promise<T> {
    const reading = { position };
    this.#underWay.add(reading);
    try {
      return await read();
    } finally {
      this.#underWay.delete(reading);
    }
  }

  get isEmpty(): boolean {
    return this.#underWay.size === 0;
  }

  /** Where the oldest began; `undefined` when that is not known of one. */
  get oldest(): number | undefined {
    const positions = [...this.#underWay].map(({ position }) => position);
    return positions.includes(undefined) ? undefined : Math.min(...(positions as readonly number[]));
  }
}
