/** Something that is on or off, that can be watched and that the browser remembers. */
export interface Switch {
  readonly isOn: () => boolean;
  readonly set: (on: boolean) => void;
  /** Calls `changed` after every change until the returned function is called. */
  readonly watch: (changed: () => void) => () => void;
}

/** A switch that keeps its position under `key` for later visits; without a kept position it starts as `initially`. */
export const rememberedSwitch = (key: string, initially: boolean): Switch => {
  const kept = localStorage.getItem(key);
  const watchers = new Set<() => void>();
  let on = kept === null ? initially : kept === 'on';
  return {
    isOn: () => on,
    set: (next) => {
      on = next;
      localStorage.setItem(key, next ? 'on' : 'off');
      for (const changed of watchers) changed();
    },
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
};
