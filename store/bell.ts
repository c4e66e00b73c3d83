type Listener = () => void;

/** Tells who waits in this process that something happened to a row. It carries no news itself: who hears it looks. */
export class Bell {
  readonly #rows = new Map<string, Set<Listener>>();
  readonly #sources = new Map<string, Set<Listener>>();

  /** Something happened to this row of this source. */
  ring(id: string, source: string): void {
    call(this.#rows.get(id));
    call(this.#sources.get(source));
  }

  /** Something may have happened to any of them. */
  ringAll(): void {
    call(new Set([...this.#rows.values(), ...this.#sources.values()].flatMap((listeners) => [...listeners])));
  }

  /** Listens for one row. Returns what ends it. */
  onRow(id: string, listener: Listener): () => void {
    return enter(this.#rows, [id], listener);
  }

  onSources(sources: readonly string[], listener: Listener): () => void {
    return enter(this.#sources, sources, listener);
  }

  /** The rows that somebody waits for. */
  awaited(): readonly string[] {
    return [...this.#rows.keys()];
  }
}

const call = (listeners: Iterable<Listener> = []): void => {
  for (const listener of [...listeners]) listener();
};

const enter = (register: Map<string, Set<Listener>>, names: readonly string[], listener: Listener): (() => void) => {
  const entry: Listener = () => listener(); // so that the same function may listen twice
  for (const name of names) register.set(name, (register.get(name) ?? new Set()).add(entry));
  return () => {
    for (const name of names) {
      const listeners = register.get(name);
      listeners?.delete(entry);
      if (listeners?.size === 0) register.delete(name);
    }
  };
};
