import type { Fetch } from './place.ts';

/**
 * Fetches in stages: each after all that it needs, and otherwise as early as it can be; only as late as an equal
 * subgraph is asked anyway, when that delays nothing that comes after it.
 */
export const stages = (fetches: readonly Fetch[]): readonly (readonly Fetch[])[] => {
  const at = new Map(fetches.map((fetch) => [fetch, fetch.stage]));
  const last = fetches.reduce((latest, { stage }) => Math.max(latest, stage), 0);
  const latest = new Map(fetches.map((fetch) => [fetch, last]));
  const entities = fetches.filter(({ needs }) => needs !== undefined);
  /** How many fetches ask for entities of a subgraph at a stage. */
  const asked = new Map<string, number[]>();
  const count = ({ home }: Fetch, stage: number, more: number): void => {
    const counts = asked.get(home.graph) ?? Array.from({ length: last + 1 }, () => 0);
    asked.set(home.graph, counts);
    counts[stage] = (counts[stage] ?? 0) + more;
  };
  for (const fetch of entities) count(fetch, fetch.stage, 1);
  for (const fetch of fetches.toReversed()) {
    if (fetch.needs !== undefined) {
      count(fetch, fetch.stage, -1);
      const until = latest.get(fetch) ?? last;
      const counts = asked.get(fetch.home.graph) ?? [];
      const together = counts.findIndex((others, stage) => others > 0 && stage >= fetch.stage && stage <= until);
      at.set(fetch, together < 0 ? fetch.stage : together);
      count(fetch, at.get(fetch) ?? fetch.stage, 1);
    }
    const before = (at.get(fetch) ?? fetch.stage) - 1;
    for (const one of fetch.after) latest.set(one, Math.min(latest.get(one) ?? last, before));
  }
  const made: Fetch[][] = Array.from({ length: last + 1 }, () => []);
  for (const fetch of fetches) made[at.get(fetch) ?? 0]?.push(fetch);
  return made.filter(({ length }) => length > 0);
};
