const WINDOW_SECONDS = 10;
/** Fewer calls than this say nothing by their share of failures. */
const FEWEST_CALLS = 20;
const FAILED_SHARE = 0.5;
/** So many failures in a row say enough at any rate of calls. */
const IN_A_ROW = 10;

interface Slice {
  readonly second: number;
  calls: number;
  failed: number;
}

/** Whether a source counts as down: half of at least 20 calls within 10 seconds failed, or 10 in a row. */
export class FailureWindow {
  readonly #elapsed: () => number;
  #slices: Slice[] = [];
  #inARow = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** Notes the end of a call that began at this time. */
  note(failed: boolean, beganAt: number): void {
    const slice = this.#slice();
    slice.calls += 1;
    if (failed) {
      slice.failed += 1;
      // time-outs end late and together: where another call was answered meanwhile, they are no row
      if (beganAt >= this.#answeredAt) this.#inARow += 1;
    } else {
      this.#inARow = 0;
      this.#answeredAt = this.#elapsed();
    }
  }

  get isDown(): boolean {
    const calls = sum(this.#slices.map((one) => one.calls));
    const failed = sum(this.#slices.map((one) => one.failed));
    return this.#inARow >= IN_A_ROW || (calls >= FEWEST_CALLS && failed >= calls * FAILED_SHARE);
  }

  /** Forgets everything: the source is up again. */
  clear(): void {
    this.#slices = [];
    this.#inARow = 0;
  }

  #slice(): Slice {
    const second = Math.floor(this.#elapsed() / 1000);
    const last = this.#slices.at(-1);
    if (last?.second === second) return last;
    const slice = { second, calls: 0, failed: 0 };
    this.#slices = [...this.#slices.filter((one) => one.second > second - WINDOW_SECONDS), slice];
    return slice;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
