import type { Claim } from '../practice.ts';
import { claimRow, transactionRows } from './claim-row.ts';
import { isAmong, isWithin, only } from './compare.ts';
import { page } from './paging.ts';
import { missingFields, notFound } from './reply.ts';
import type { Call, Route } from './router.ts';

const FILTERS = [
  'patientid',
  'departmentid',
  'providerid',
  'appointmentid',
  'procedurecodes',
  'servicestartdate',
  'serviceenddate',
  'createdstartdate',
  'createdenddate',
];

/** What narrows the list; refused when nothing does. */
const isAsked = ({ world, sent }: Call): ((claim: Claim) => boolean) => {
  if (!FILTERS.some((name) => sent.names.includes(name))) throw missingFields(FILTERS);
  const [patient, department] = [only(sent.id('patientid')), only(sent.id('departmentid'))];
  const [provider, appointments] = [only(sent.id('providerid')), sent.ids('appointmentid')];
  const codes = sent.names.includes('procedurecodes') ? new Set(sent.texts('procedurecodes')) : undefined;
  const served = [sent.day('servicestartdate'), sent.day('serviceenddate')] as const;
  const created = [sent.day('createdstartdate'), sent.day('createdenddate')] as const;
  return (claim) =>
    isAmong(patient, claim.patientId) &&
    isAmong(department, claim.locationId) &&
    isAmong(provider, claim.practitionerId) &&
    isAmong(appointments, claim.appointmentId) &&
    (codes === undefined || claim.lines.some(({ procedure }) => codes.has(procedure.code))) &&
    isWithin(claim.serviceStart, ...served) &&
    isWithin(world.stampDay(claim.createdAt), ...created);
};

const list = (call: Call) => {
  const { world, sent } = call;
  const rows = world.claims.filter(isAsked(call)).toSorted((a, b) => a.id - b.id);
  return page(call, 'claims', rows, (claim) => claimRow(world, claim, sent.flag('showcustomfields')));
};

const found = ({ world, id }: Call): Claim => {
  const claim = world.claim(id('id'));
  if (claim === undefined) throw notFound('claim');
  return claim;
};

/** An array of one, like other single reads. [assumption] */
const single = (call: Call) => [claimRow(call.world, found(call), call.sent.flag('showcustomfields'))];

const transactions = (call: Call) => page(call, 'transactions', transactionRows(call.world, found(call)), (row) => row);

export const claimRoutes: readonly Route[] = [
  { method: 'GET', path: '/claims', handle: list },
  { method: 'GET', path: '/claims/{id}', handle: single },
  { method: 'GET', path: '/claims/{id}/claimtransactions', handle: transactions },
];
