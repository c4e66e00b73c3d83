import type { Appointment, Practice } from '../practice.ts';
import { reasonId } from './identity.ts';
import { page } from './paging.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

/** A kind of appointment as it is used at this practice. */
interface Kind {
  readonly id: number;
  readonly name: string;
  readonly minutes: number;
  readonly uses: readonly { readonly locationId?: number; readonly practitionerId?: number }[];
}

const commonest = (all: readonly number[]): number => {
  const counts = [...Map.groupBy(all, (one) => one)].map(([value, same]) => [value, same.length] as const);
  return counts.toSorted(([one, a], [other, b]) => b - a || one - other)[0]?.[0] ?? 0;
};

const kindsOf = ({ practice }: World): readonly Kind[] => {
  const uses = [...practice.slots, ...practice.appointments];
  return [...Map.groupBy(uses, ({ type }) => type.id)]
    .map(([id, same]) => ({
      id,
      name: same[0]?.type.name ?? '',
      minutes: commonest(same.map(({ minutes }) => minutes)),
      uses: same,
    }))
    .toSorted((one, other) => one.id - other.id);
};

/** `Office Visit 30` becomes `OV30`. */
const shortName = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => (/^\d+$/.test(word) ? word : word.slice(0, 1).toUpperCase()))
    .join('');

const kindRow = ({ id, name, minutes }: Kind) => ({
  appointmenttypeid: id,
  name,
  shortname: shortName(name),
  duration: minutes,
  patientdisplayname: name,
  generic: false,
  patient: true,
  templatetypeonly: false,
  createencounteroncheckin: true,
});

const isUsed = (
  { uses }: Kind,
  departments: ReadonlySet<number> | undefined,
  providers: ReadonlySet<number> | undefined,
): boolean =>
  uses.some(
    ({ locationId, practitionerId }) =>
      (departments === undefined || (locationId !== undefined && departments.has(locationId))) &&
      (providers === undefined || (practitionerId !== undefined && providers.has(practitionerId))),
  );

const kinds = (call: Call) => {
  const { world, sent } = call;
  const [departments, providers] = [sent.ids('departmentids'), sent.ids('providerids')];
  const rows = sent.flag('hidenongeneric') ? [] : kindsOf(world).filter((kind) => isUsed(kind, departments, providers));
  return page(call, 'appointmenttypes', rows, kindRow);
};

const kind = ({ world, id }: Call) => {
  const found = kindsOf(world).find((one) => one.id === id('id'));
  if (found === undefined) throw notFound('appointmenttype');
  return [kindRow(found)];
};

/** The hours and days that a slot must be ahead when a patient books it. [public: go, laravel] */
export const SCHEDULING = { minHours: 24, maxDays: 90 } as const;

const reasonRow = ({ id, name }: Kind) => ({
  reasonid: reasonId(id),
  reason: name,
  reasontype: /\bnew\b/i.test(name) ? 'new' : 'existing',
  schedulingminhours: SCHEDULING.minHours,
  schedulingmaxdays: SCHEDULING.maxDays,
});

/** One reason per kind of appointment that the provider sees in the department. [assumption] */
const reasons =
  (only?: 'new' | 'existing') =>
  (call: Call): unknown => {
    const { world, sent } = call;
    sent.require('departmentid', 'providerid');
    const [department, provider] = [sent.ids('departmentid'), sent.ids('providerid')];
    const rows = kindsOf(world)
      .filter((one) => isUsed(one, department, provider))
      .map(reasonRow)
      .filter(({ reasontype }) => only === undefined || reasontype === only);
    return page(call, 'patientappointmentreasons', rows, (row) => row);
  };

export interface CancelReason {
  readonly id: number;
  readonly name: string;
  readonly noShow: boolean;
}

const NO_SHOW: CancelReason = { id: 5, name: 'PATIENT NO SHOW', noShow: true };
const STANDARD: readonly CancelReason[] = [{ id: 4, name: 'PATIENT CANCELLED', noShow: false }, NO_SHOW];
const FIRST_OWN_REASON = 100;

/** The standard reasons, then this practice's own in the order of their first use. */
export const cancelReasons = ({ appointments }: Practice): readonly CancelReason[] => {
  const own = new Map<string, Omit<CancelReason, 'id'>>();
  for (const { status, cancellationReason: name } of appointments) {
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

const cancelReasonList = (call: Call) => {
  const { world, sent } = call;
  const rows = cancelReasons(world.practice)
    .map(({ id, name, noShow }) => ({ appointmentcancelreasonid: id, name, noshow: noShow, slotavailable: !noShow }))
    .filter((row) => sent.text('slotavailable') === undefined || row.slotavailable === sent.flag('slotavailable'));
  return page(call, 'appointmentcancelreasons', rows, (row) => row);
};

/** Kinds of appointments, reasons to make one and reasons to cancel one. */
export const kindRoutes: readonly Route[] = [
  { method: 'GET', path: '/appointmenttypes', handle: kinds },
  { method: 'GET', path: '/appointmenttypes/{id}', handle: kind },
  { method: 'GET', path: '/patientappointmentreasons', handle: reasons() },
  { method: 'GET', path: '/patientappointmentreasons/newpatient', handle: reasons('new') },
  { method: 'GET', path: '/patientappointmentreasons/existingpatient', handle: reasons('existing') },
  { method: 'GET', path: '/appointmentcancelreasons', handle: cancelReasonList },
];
