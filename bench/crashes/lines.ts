import type { Random } from '../../sandbox/population/random.ts';
import { type Ground, Materials } from '../writes/materials.ts';
import { STEPS, type Step, type Story } from '../writes/stories.ts';

/** athenaNet gives a visit another id when it is rescheduled: who hands in the next change beforehand cannot know it. */
const ANOTHER_ID: ReadonlySet<string> = new Set(['springfield']);
const LENGTH = 5;

/** Begins with a booking, and goes on with changes of it between other writes about the same patient. */
const changing = (materials: Materials, chance: Random): readonly Step[] => {
  const patient = materials.patient();
  const [first, second, third] = [materials.place(), materials.place(), materials.place()];
  const result = (): Step => STEPS.observe(patient, materials.result(patient));
  const begun = [STEPS.book(patient, first), result(), STEPS.move(patient, first, second)];
  if (ANOTHER_ID.has(materials.ground.source)) return [...begun, STEPS.book(patient, third), result()];
  if (chance.chance(0.5)) return [...begun, STEPS.change('cancelAppointment', patient, second), result()];
  return [...begun, STEPS.move(patient, second, third), STEPS.change('cancelAppointment', patient, third)];
};

/** Writes that need nothing of each other. */
const recording = (materials: Materials, chance: Random): readonly Step[] => {
  const patient = materials.patient();
  const any = [
    () => STEPS.book(patient, materials.place()),
    () => STEPS.observe(patient, materials.result(patient)),
    ...(materials.ground.can.has('submitClaim') ? [() => STEPS.bill(patient, materials)] : []),
  ];
  return Array.from({ length: LENGTH }, () => chance.pick(any)());
};

/** Lines of writes about one patient each, at all sources in turn. */
export const linesOf = (grounds: readonly Ground[], label: string, chance: Random) => {
  const materials = grounds.map((ground) => new Materials(ground, Date.now()));
  let count = 0;
  return (): Story => {
    const own = materials[count % materials.length];
    if (own === undefined) throw new Error('There is no source to write to.');
    count += 1;
    const { source } = own.ground;
    const steps = chance.chance(0.5) ? changing(own, chance) : recording(own, chance);
    return { line: `${label}-${source}-${String(count).padStart(5, '0')}`, source, steps };
  };
};
