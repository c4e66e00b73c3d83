import type { Happening } from '../happenings.ts';
import type { Appointment } from '../practice.ts';
import type { StatusCode } from './status-codes.ts';
import type { World } from './world.ts';

/** The codes whose time Practice Management tells, by what became of the visit. */
const CODE: Readonly<Partial<Record<NonNullable<Happening['cause']>, StatusCode>>> = {
  'check-in': 'K',
  'check-out': 'O',
};

/** What the practice itself did with a visit, for which no client said when: the moment at which it did. */
const noticeVisit = ({ marks, local }: World, { id, changedAt }: Appointment, cause: Happening['cause']): void => {
  const code = cause && CODE[cause];
  if (code !== undefined) marks.set(id, { ...marks.get(id), code: { code, at: local(changedAt) } });
  // What was said of its old time does not go with a visit that moves (assumption, as where a client moves it).
  if (cause === 'reschedule') marks.delete(id);
};

/** Keeps what the server knows of changes that no record of the practice holds. */
export const noticing =
  (world: World) =>
  (happening: Happening): void => {
    if (happening.type === 'Claim') world.chargeTimes.set(happening.id, happening.at);
    if (happening.type === 'Appointment' && happening.by === 'practice')
      noticeVisit(world, happening.record, happening.cause);
  };
