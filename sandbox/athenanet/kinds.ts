import { reasonId } from './identity.ts';
import type { Kind } from './kinds-in-use.ts';
import { page } from './paging.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';

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
  const rows = sent.flag('hidenongeneric') ? [] : world.kinds.filter((kind) => isUsed(kind, departments, providers));
  return page(call, 'appointmenttypes', rows, kindRow);
};

const kind = ({ world, id }: Call) => {
  const found = world.kinds.find((one) => one.id === id('id'));
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
    const rows = world.kinds
      .filter((one) => isUsed(one, department, provider))
      .map(reasonRow)
      .filter(({ reasontype }) => only === undefined || reasontype === only);
    return page(call, 'patientappointmentreasons', rows, (row) => row);
  };

const cancelReasonList = (call: Call) => {
  const { world, sent } = call;
  const rows = world.cancelReasons
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
