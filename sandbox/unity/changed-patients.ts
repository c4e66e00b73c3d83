import type { Claim } from '../practice.ts';
import { type Section, sectionOf } from './clinical.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { atOrAfter, type Local } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import type { World } from './world.ts';

/**
 * What changed about a patient, in the words of GetClinicalSummary's sections where there is one (assumption). Visits are
 * none of it: Practice Management tells those by GetAppointmentsByChangeDTTM, the EHR by GetSchedule's P2.
 */
type Area = Section | 'demographics' | 'documents' | 'charges';

/** What is not clinical data. */
const ADMINISTRATIVE: ReadonlySet<Area> = new Set(['demographics', 'charges']);

interface Found {
  readonly id: number;
  readonly areas: ReadonlySet<Area>;
}

const PLAIN: Spec<Found> = { patientid: ({ id }) => String(id) };

/** That the areas stand in one column, with pipes, and the column's name are assumptions. */
const VERBOSE: Spec<Found> = {
  ...PLAIN,
  changedareas: ({ areas }) => [...areas].join('|'),
};

/** When a charge was changed last: no record tells it. */
const chargedAt = ({ chargeTimes }: World, { id, createdAt }: Claim): string => chargeTimes.get(id) ?? createdAt;

/** The areas in which something of each patient was changed at or after a time. A quick look is only at the patients. */
const changesSince = (world: World, since: Local | undefined, quick: boolean): ReadonlyMap<number, Set<Area>> => {
  const { patients, observations, documents, claims } = world.practice;
  const isRecent = atOrAfter(world.local, since);
  const found = new Map<number, Set<Area>>();
  const note = (patient: number, area: Area, at: string): void => {
    if (!isRecent(at)) return;
    const areas = found.get(patient) ?? new Set();
    found.set(patient, areas.add(area));
  };
  for (const { id, changedAt } of patients) note(id, 'demographics', changedAt);
  if (quick) return found;
  for (const one of observations) note(one.patientId, sectionOf(one), one.issued);
  for (const { patientId, savedAt } of documents) note(patientId, 'documents', savedAt);
  for (const claim of claims) note(claim.patientId, 'charges', chargedAt(world, claim));
  return found;
};

/**
 * P1 since, the moment itself included; P2 `Y` for clinical data only; P3 `Y` tells which areas changed; P4 `Y` is a
 * quick scan, which passes over everything but the patients' own records (assumption).
 */
const changed = ({ world, time, parameter }: Work): readonly Table[] => {
  const isYes = (position: 2 | 3 | 4): boolean => parameter(position).toUpperCase() === 'Y';
  const isWanted = (area: Area): boolean => !isYes(2) || !ADMINISTRATIVE.has(area);
  const changes = changesSince(world, time(parameter(1)), isYes(4));
  const found = world.practice.patients.flatMap(({ id }): readonly Found[] => {
    const areas = new Set([...(changes.get(id) ?? [])].filter(isWanted));
    return areas.size === 0 ? [] : [{ id, areas }];
  });
  return [table(world, isYes(3) ? VERBOSE : PLAIN, found)];
};

export const CHANGED_PATIENTS_ACTIONS: readonly Action[] = [{ name: 'GetChangedPatients', run: changed }];
