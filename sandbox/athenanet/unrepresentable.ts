import type { Practice } from '../practice.ts';
import { holdsLab } from './labs.ts';
import { holdsVital } from './vitals.ts';
import { holdsAppointment, holdsClaim } from './world.ts';

/** Ids in the Practice of records that the answers leave out, because athenaNet has no place for them. */
export interface NotRepresentable {
  readonly appointments: readonly number[];
  /** Neither a vital sign that athenaNet knows nor a laboratory result, or not standing. */
  readonly observations: readonly number[];
  readonly claims: readonly number[];
}

const without = <T extends { readonly id: number }>(list: readonly T[], holds: (item: T) => boolean) =>
  list.filter((item) => !holds(item)).map(({ id }) => id);

export const notRepresentable = (practice: Practice): NotRepresentable => ({
  appointments: without(practice.appointments, (item) => holdsAppointment(practice, item)),
  observations: without(practice.observations, (item) => holdsVital(item) || holdsLab(item)),
  claims: without(practice.claims, holdsClaim),
});
