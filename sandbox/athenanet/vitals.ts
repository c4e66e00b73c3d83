import type { Observation, Patient } from '../practice.ts';
import { chartPatient, departmentOf, isInDays } from './chart.ts';
import { wireDay } from './clock.ts';
import { ELEMENTS, type Element, elementFor, elementValue } from './elements.ts';
import { encounterOf } from './encounters.ts';
import { elementId, encounterId } from './identity.ts';
import { page } from './paging.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

/** One number of a vital sign, taken at some time. */
export interface Reading {
  readonly element: Element;
  readonly value: string;
  readonly vitalId: number;
  readonly code: string;
  readonly display: string;
  readonly observation: Observation;
}

/** A vital sign carries no status at athenaNet, so only results that stand can be there. */
const STANDING: ReadonlySet<Observation['status']> = new Set(['final', 'amended', 'corrected']);

/** The readings of an observation: those of its numbers that have a place at athenaNet. */
export const readingsOf = (observation: Observation): readonly Reading[] => {
  const { id, code, value, components } = observation;
  const parts = components.length > 0 ? components : [{ code, ...(value && { value }) }];
  return parts.flatMap((part, index) => {
    const element = elementFor(part.code.code);
    const amount = element && elementValue(element, part.value);
    return element === undefined || amount === undefined
      ? []
      : {
          element,
          value: amount,
          vitalId: elementId(id, components.length > 0 ? index + 1 : 0),
          code: part.code.code,
          display: part.code.display,
          observation,
        };
  });
};

/** Whether a vital sign is at athenaNet, with at least one of its numbers. */
export const holdsVital = (observation: Observation): boolean =>
  observation.category === 'vital-signs' && STANDING.has(observation.status) && readingsOf(observation).length > 0;

const dayOf = (world: World, observation: Observation): string =>
  world.localAt(observation.effective, departmentOf(world, observation)).date;

const readingRow = (world: World, index: number, reading: Reading) => {
  const { element, observation } = reading;
  const { appointmentId, practitionerId, reportId, issued } = observation;
  const visit = appointmentId !== undefined;
  return {
    clinicalelementid: element.clinicalElementId,
    value: reading.value,
    code: reading.code,
    codeset: 'LOINC',
    codedescription: reading.display,
    readingid: index,
    readingtaken: wireDay(dayOf(world, observation)),
    vitalid: reading.vitalId,
    source: visit ? 'ENCOUNTER' : 'FLOWSHEET',
    sourceid: visit ? encounterId(appointmentId) : reportId,
    isgraphable: true,
    createdby: world.practitioner(practitionerId)?.username,
    createddate: world.stamp(issued),
  };
};

/** Readings that were taken together, each element once. */
const takenTogether = (readings: readonly Reading[]): readonly (readonly Reading[])[] =>
  [...Map.groupBy(readings, ({ observation }) => `${observation.reportId} ${observation.effective}`).values()].flatMap(
    (same) => {
      const groups: Reading[][] = [];
      for (const reading of same) {
        const free = groups.find((group) => group.every(({ element }) => element !== reading.element));
        if (free === undefined) groups.push([reading]);
        else free.push(reading);
      }
      return groups;
    },
  );

const byElement = (one: Reading, other: Reading): number =>
  one.element.clinicalElementId < other.element.clinicalElementId ? -1 : 1;

const group = (world: World, { key, abbreviation, ordering }: Element, readings: readonly Reading[]) => ({
  key,
  abbreviation,
  ordering,
  readings: takenTogether(readings).map((together, index) =>
    together.toSorted(byElement).map((reading) => readingRow(world, index, reading)),
  ),
});

/** One element for each key, in the order of the configuration. */
const KEYS: readonly Element[] = [...new Map(ELEMENTS.map((element) => [element.key, element])).values()];

/** A patient's vital signs by kind, each a list of readings, each a list of the numbers taken together. */
export const vitals = (call: Call, patient: Patient, isAsked: (item: Observation) => boolean = () => true): unknown => {
  const { world, sent } = call;
  const inDays = isInDays(call);
  const readings = world
    .observationsOf(patient.id)
    .filter(
      (item) =>
        item.category === 'vital-signs' && STANDING.has(item.status) && isAsked(item) && inDays(dayOf(world, item)),
    )
    .toSorted((one, other) => Date.parse(one.effective) - Date.parse(other.effective) || one.id - other.id)
    .flatMap(readingsOf);
  const byKey = Map.groupBy(readings, ({ element }) => element.key);
  const shown = KEYS.filter(({ key }) => byKey.has(key) || sent.flag('showemptyvitals'));
  return page(call, 'vitals', shown, (element) => group(world, element, byKey.get(element.key) ?? []));
};

/** Which vital signs there are, and their units. [public: dotnet] */
const configuration = (call: Call) =>
  page(call, 'vitals', KEYS, ({ key, abbreviation, ordering }) => ({
    ordering,
    istiedtomeasurement: false,
    abbreviation,
    attributes: ELEMENTS.filter((element) => element.key === key).map(({ name, clinicalElementId, unit }) => ({
      unit,
      name,
      abbreviation,
      clinicalelementid: clinicalElementId,
      datatype: 'NUMERIC',
    })),
    key,
  }));

/** The vital signs that were taken at one visit. */
const ofEncounter = (call: Call) => {
  const { world } = call;
  const visit = encounterOf(call);
  const patient = world.patient(visit.patientId);
  if (patient === undefined) throw notFound('patient');
  return vitals(call, patient, ({ appointmentId }) => appointmentId === visit.id);
};

export const vitalRoutes: readonly Route[] = [
  { method: 'GET', path: '/chart/configuration/vitals', handle: configuration },
  { method: 'GET', path: '/chart/{patientid}/vitals', handle: (call) => vitals(call, chartPatient(call)) },
  { method: 'GET', path: '/chart/encounter/{encounterid}/vitals', handle: ofEncounter },
];
