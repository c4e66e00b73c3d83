import type { Draft } from '../ledger.ts';
import { plusMinutes } from '../population/calendar.ts';
import type { Random } from '../population/random.ts';
import type { Observation, Value } from '../practice.ts';
import { freelyLiving, type Plan, picked, type Workplace } from './workplace.ts';

const MINUTE = 60_000;

/** A number that a laboratory measured, and nothing else. */
interface Repeatable {
  readonly before: Observation;
  readonly value: Extract<Value, { kind: 'quantity' }>;
}

const flagOf = ({ referenceLow, referenceHigh }: Observation, value: number): string | undefined => {
  if (referenceLow === undefined && referenceHigh === undefined) return undefined;
  if (value > Number(referenceHigh ?? Number.POSITIVE_INFINITY)) return 'H';
  return value < Number(referenceLow ?? 0) ? 'L' : 'N';
};

/** Another value near one, with as many decimals, and what it means. */
const measuredNear = (
  { before, value }: Repeatable,
  chance: Random,
): Required<Pick<Observation, 'value'>> & Pick<Observation, 'interpretation'> => {
  const decimals = value.value.split('.')[1]?.length ?? 0;
  const step = 10 ** -decimals;
  const share = 1 + (chance.chance(0.5) ? 1 : -1) * (0.05 + chance.next() * 0.1);
  const drawn = Math.max(Number(value.value) * share, step);
  const text = (drawn.toFixed(decimals) === value.value ? drawn + step : drawn).toFixed(decimals);
  return { value: { ...value, value: text }, interpretation: flagOf(before, Number(text)) };
};

const repeatable = (before: Observation): readonly Repeatable[] => {
  const { category, status, value, components } = before;
  const isSettled = status === 'final' || status === 'corrected';
  if (category !== 'laboratory' || !isSettled || components.length > 0) return [];
  return value?.kind === 'quantity' && value.comparator === undefined ? [{ before, value }] : [];
};

/** A test that somebody had before is done again. */
export const result = (place: Workplace): Plan | undefined => {
  const { vendor, practice, sandbox, now, chance } = place;
  const people = new Set(freelyLiving(place).map(({ id }) => id));
  const repeated = picked(
    practice.observations.filter(({ patientId }) => people.has(patientId)).flatMap(repeatable),
    chance,
  );
  if (repeated === undefined) return undefined;
  const { before } = repeated;
  const { patientId, practitionerId, category, uncategorized, code, localCode, reportName } = before;
  const { referenceLow, referenceHigh } = before;
  const minute = new Date(Math.floor(now() / MINUTE) * MINUTE).toISOString();
  const draft: Draft['Observation'] = {
    ...{ patientId, practitionerId, category, uncategorized, code, localCode, reportName, referenceLow, referenceHigh },
    ...measuredNear(repeated, chance),
    effective: plusMinutes(minute, -chance.int(30, 120)),
    status: 'final',
    components: [],
  };
  return { patient: patientId, do: async () => sandbox.addResult(vendor, draft).id };
};

/** What a laboratory reported is found to have been something else. */
export const correction = (place: Workplace, id: number): Plan | undefined => {
  const { vendor, practice, sandbox, chance } = place;
  const [wrong] = practice.observations.filter((one) => one.id === id).flatMap(repeatable);
  if (wrong === undefined) return undefined;
  const set = measuredNear(wrong, chance);
  return {
    patient: wrong.before.patientId,
    record: id,
    do: async () => {
      sandbox.change(vendor, 'Observation', id, set);
      return undefined;
    },
  };
};
