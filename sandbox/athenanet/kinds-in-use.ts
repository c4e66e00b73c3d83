import type { Appointment, Practice } from '../practice.ts';
import type { Extras } from './extras.ts';

/** A kind of appointment as it is used at this practice. */
export interface Kind {
  readonly id: number;
  readonly name: string;
  readonly minutes: number;
  readonly uses: readonly { readonly locationId?: number; readonly practitionerId?: number }[];
}

const commonest = (all: readonly number[]): number => {
  const counts = [...Map.groupBy(all, (one) => one)].map(([value, same]) => [value, same.length] as const);
  return counts.toSorted(([one, a], [other, b]) => b - a || one - other)[0]?.[0] ?? 0;
};

/** Kinds of appointments; how long one takes is not changed by what clients book. */
export const kindsOf = ({ slots, appointments }: Practice, extras: Extras): readonly Kind[] => {
  const set = new Set<object>([...slots, ...appointments.filter(({ id }) => !extras.isUsed(id))]);
  return [...Map.groupBy([...slots, ...appointments], ({ type }) => type.id)]
    .map(([id, same]) => {
      const own = same.filter((use) => set.has(use));
      return {
        id,
        name: same[0]?.type.name ?? '',
        minutes: commonest((own.length > 0 ? own : same).map(({ minutes }) => minutes)),
        uses: same,
      };
    })
    .toSorted((one, other) => one.id - other.id);
};

export interface CancelReason {
  readonly id: number;
  readonly name: string;
  readonly noShow: boolean;
}

const NO_SHOW: CancelReason = { id: 5, name: 'PATIENT NO SHOW', noShow: true };
const STANDARD: readonly CancelReason[] = [{ id: 4, name: 'PATIENT CANCELLED', noShow: false }, NO_SHOW];
const FIRST_OWN_REASON = 100;

/** The standard reasons, then this practice's own in the order of their first use; what clients write is no reason of its own. */
export const cancelReasonsOf = ({ appointments }: Practice, extras: Extras): readonly CancelReason[] => {
  const own = new Map<string, Omit<CancelReason, 'id'>>();
  for (const { id, status, cancellationReason: name } of appointments) {
    if (extras.visit(id).cancelled !== undefined) continue;
    const noShow = status === 'noshow';
    if (name !== undefined && (noShow || status === 'cancelled')) own.set(`${noShow} ${name}`, { name, noShow });
  }
  return [...STANDARD, ...[...own.values()].map((reason, index) => ({ ...reason, id: FIRST_OWN_REASON + index }))];
};

/** Why an appointment was cancelled; a missed one without a reason has the standard one, because that is its mark. */
export const cancelReasonOf = (
  reasonsKnown: readonly CancelReason[],
  { status, cancellationReason }: Appointment,
): CancelReason | undefined => {
  const noShow = status === 'noshow';
  if (cancellationReason === undefined) return noShow ? NO_SHOW : undefined;
  return reasonsKnown.findLast((one) => one.name === cancellationReason && one.noShow === noShow);
};
