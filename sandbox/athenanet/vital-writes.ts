import type { Appointment, Observation, Value } from '../practice.ts';
import { chartPatient } from './chart.ts';
import { readDay } from './clock.ts';
import { type Element, elementOf, measured } from './elements.ts';
import { encounterOf } from './encounters.ts';
import { elementId, elementOwner } from './identity.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import { readingsOf } from './vitals.ts';

const LOINC = 'http://loinc.org';
/** The wire has no time of day; noon is on the same day by every clock nearby. */
const NOON = '12:00:00';

interface Taken {
  readonly element: Element;
  readonly value: Value;
  readonly effective: string;
}

/** Failures come under status 200. [public: metriport for the members; the sentences: assumption, after the sample] */
const failed = (errormessage: string) => ({ success: false, errormessage });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One reading, or what is wrong with it. Without a day it was taken today. [assumption] */
const takenFrom = ({ world }: Call, sent: unknown, locationId: number | undefined): Taken | string => {
  if (!isObject(sent)) return 'Invalid vitals.';
  const { clinicalelementid, readingtaken, value: text } = sent;
  const element = typeof clinicalelementid === 'string' ? elementOf(clinicalelementid) : undefined;
  if (element === undefined) return 'Invalid clinical element.';
  const value = typeof text === 'string' || typeof text === 'number' ? measured(element, String(text)) : undefined;
  if (value === undefined) return 'Invalid value.';
  const today = world.localAt(world.now, locationId).date;
  const date = readingtaken === undefined ? today : readDay(String(readingtaken));
  const effective = date === undefined || date > today ? undefined : world.instantOf({ date, time: NOON }, locationId);
  return effective === undefined ? 'Invalid reading taken date.' : { element, value, effective };
};

/** Every group of readings that a call sends, or what is wrong with the first that cannot be. */
const groupsFrom = (call: Call, locationId: number | undefined): readonly (readonly Taken[])[] | string => {
  const sent = call.sent.json('vitals');
  if (!Array.isArray(sent) || sent.length === 0 || !sent.every((group) => Array.isArray(group) && group.length > 0))
    return 'Invalid vitals.';
  const groups = (sent as unknown[][]).map((group) => group.map((one) => takenFrom(call, one, locationId)));
  const problem = groups.flat().find((one) => typeof one === 'string');
  return problem ?? (groups as Taken[][]);
};

/** Readings of one group share their report; each number is a result of its own. */
const recordGroup = (
  { ledger, name }: Call,
  group: readonly Taken[],
  of: Pick<Observation, 'patientId' | 'practitionerId' | 'appointmentId'>,
): readonly Observation[] => {
  const recorded: Observation[] = [];
  for (const { element, value, effective } of group) {
    const reportId = recorded[0]?.reportId;
    const code = { system: LOINC, code: element.loincs[0] ?? '', display: element.name };
    const draft = {
      ...of,
      category: 'vital-signs',
      code,
      effective,
      reportName: 'Vital signs',
      status: 'final',
    } as const;
    recorded.push(
      ledger.record(name, { ...draft, value, components: [], ...(reportId !== undefined && { reportId }) }),
    );
  }
  return recorded;
};

/** All readings or none. */
const recordAll = (
  call: Call,
  of: Pick<Observation, 'patientId' | 'practitionerId' | 'appointmentId'>,
  locationId: number | undefined,
) => {
  const groups = groupsFrom(call, locationId);
  if (typeof groups === 'string') return failed(groups);
  const recorded = groups.flatMap((group) => recordGroup(call, group, of));
  const vitalids = recorded.flatMap(readingsOf).map(({ vitalId, element }) => ({
    vitalid: vitalId,
    clinicalelementid: element.clinicalElementId,
  }));
  return { success: true, ...(call.sent.flag('returnvitalids') && { vitalids }) };
};

/** Outside encounters only what a device measured. [public: docs-vitals] */
const add = (call: Call) => {
  call.sent.require('departmentid', 'source', 'vitals');
  const patient = chartPatient(call);
  if (call.sent.text('source') !== 'DEVICEGENERATED') return failed('Invalid source.');
  return recordAll(call, { patientId: patient.id }, patient.locationId);
};

const visitFacts = ({ id, patientId, practitionerId }: Appointment) => ({
  patientId,
  appointmentId: id,
  ...(practitionerId !== undefined && { practitionerId }),
});

/** Into an encounter, as long as it is open. [public: laravel for the call; the rest: assumption] */
const addToEncounter = (call: Call) => {
  const visit = encounterOf(call);
  call.sent.require('vitals');
  if (visit.status !== 'checked-in') return failed('The encounter is closed.');
  return recordAll(call, visitFacts(visit), visit.locationId);
};

/** A new value in the place of an old one, in athenaNet's unit. [public: laravel for the call; the answer: assumption] */
const correct = (call: Call) => {
  const { world, sent, ledger, name, id } = call;
  sent.require('departmentid', 'value');
  const patient = chartPatient(call);
  const { observationId, component } = elementOwner(id('vitalid'));
  const before = world.observation(observationId);
  const reading = before && readingsOf(before).find(({ vitalId }) => vitalId === elementId(observationId, component));
  if (before === undefined || reading === undefined || before.patientId !== patient.id) throw notFound('vital');
  const value = measured(reading.element, sent.text('value') ?? '');
  if (value === undefined) return failed('Invalid value.');
  const components = before.components.map((part, index) => (index + 1 === component ? { ...part, value } : part));
  ledger.correct(name, observationId, component === 0 ? { value } : { components });
  return { success: true };
};

export const vitalWriteRoutes: readonly Route[] = [
  { method: 'POST', path: '/chart/{patientid}/vitals', handle: add },
  { method: 'PUT', path: '/chart/{patientid}/vitals/{vitalid}', handle: correct },
  { method: 'POST', path: '/chart/encounter/{encounterid}/vitals', handle: addToEncounter },
];
