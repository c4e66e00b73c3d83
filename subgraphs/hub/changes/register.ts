import type { ChangeRow } from '../../../store/changes.ts';
import { isWanted, placesOf, placesOfChange, type Wanted } from './wanted.ts';

type Take = (row: ChangeRow) => void;

interface Entry {
  readonly wanted: Wanted;
  readonly take: Take;
}

/** Who is told of what, found by what changed: a change costs as much as those who want it, not as all who are there. */
export class Register {
  readonly #places = new Map<string, Set<Entry>>();

  /** Enters a subscriber. Returns what strikes it off again. */
  add(wanted: Wanted, take: Take): () => void {
    const entry = { wanted, take };
    const places = placesOf(wanted);
    for (const place of places) this.#places.set(place, (this.#places.get(place) ?? new Set()).add(entry));
    return () => {
      for (const place of places) {
        const entries = this.#places.get(place);
        entries?.delete(entry);
        if (entries?.size === 0) this.#places.delete(place);
      }
    };
  }

  /** Each of them once, also who stands at several places of the change. */
  tell(row: ChangeRow): void {
    const told = new Set<Entry>();
    for (const place of placesOfChange(row))
      for (const entry of this.#places.get(place) ?? []) {
        if (told.has(entry) || !isWanted(row, entry.wanted)) continue;
        told.add(entry);
        entry.take(row);
      }
  }
}
