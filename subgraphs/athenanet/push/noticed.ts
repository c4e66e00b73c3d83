import type { Call } from '../../../upstream/call.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import { changeFields } from '../../vendor/changes/notice.ts';
import type { Found } from '../../vendor/connector.ts';
import { movedFirst } from '../changes/appointments.ts';
import { resultsNoticed } from '../changes/results.ts';
import { pastKept } from '../changes/told.ts';
import type { Appointments } from '../connector/appointments.ts';
import type { Observations } from '../connector/observations.ts';
import type { Practice } from '../connector/practice.ts';
import { labKey } from '../mapping/observation.ts';
import { EventContent } from './delivery.ts';
import { topicOf } from './topics.ts';

/** Where what became of a record is read. */
export interface Readers {
  readonly practice: Practice;
  readonly appointments: Appointments;
  readonly observations: Observations;
}

/** A record that events are about. */
interface Told {
  readonly key: string;
  readonly patient?: string | undefined;
  readonly isNew: boolean;
}

const whose = (patient: string | null | undefined) => (patient == null ? {} : { patient });
const created = (isNew: boolean): Pick<Noticed, 'kind'> => (isNew ? { kind: 'CREATED' } : {});

/** Each record once, however many events are about it; new if any of them says so. */
const once = (events: readonly Told[]): readonly Told[] => {
  const records = new Map<string, Told>();
  for (const event of events) {
    const before = records.get(event.key);
    const patient = event.patient ?? before?.patient;
    records.set(event.key, { key: event.key, patient, isNew: event.isNew || before?.isNew === true });
  }
  return [...records.values()];
};

const successorOf = (visit: Found<'Appointment'> | null | undefined): string | undefined => {
  const told = visit?.record.own?.rescheduledAppointmentId;
  return typeof told === 'string' ? told : undefined;
};

/**
 * Events say of a visit that moved what they say of one that changed its time: the record itself tells, and its successor
 * is told with it. As in the changed list, the old one is gone and the new one made.
 */
const appointmentsNoticed = async (
  events: readonly Told[],
  { appointments }: Readers,
  call: Call,
): Promise<readonly Noticed[]> => {
  const fields = new Set(changeFields('Appointment'));
  const read = (some: readonly Told[]) =>
    appointments.read(
      some.map(({ key }) => ({ key, fields })),
      pastKept(call),
    );
  const noticed = new Map<string, Noticed>();
  for (let open = events; open.length > 0; ) {
    const found = await read(open);
    const next: Told[] = [];
    for (const [i, { key, patient, isNew }] of open.entries()) {
      const one = found[i];
      if (one instanceof Error) throw one;
      const successor = successorOf(one);
      const kind = successor === undefined ? created(isNew) : ({ kind: 'DELETED' } as const);
      const of = whose(one?.record.patientKey ?? patient);
      noticed.set(key, { type: 'Appointment', key, ...of, ...kind, ...(one == null ? {} : { found: one }) });
      if (successor !== undefined) next.push({ key: successor, isNew: true, ...of });
    }
    open = next.filter(({ key }) => !noticed.has(key));
  }
  return movedFirst([...noticed.values()]);
};

/**
 * The chart is the patient's: an event that does not say whose result it is says nothing, and the changed list will. Nor
 * does one that a result was made of which the chart shows nothing: nobody has heard of it.
 */
const observationsNoticed = async (
  events: readonly Told[],
  { practice, observations }: Readers,
  call: Call,
): Promise<readonly Noticed[]> => {
  const results = events.flatMap(({ key, patient, isNew }) =>
    patient === undefined ? [] : [{ labresultid: key, patientid: patient, isNew }],
  );
  const unheard = new Set(results.flatMap((one) => (one.isNew ? [labKey(one.patientid, one.labresultid)] : [])));
  const noticed = await resultsNoticed(results, practice, observations, call);
  return noticed.filter(({ key, found }) => found !== undefined || !unheard.has(key));
};

/**
 * What these events say to have changed: by the records as they are now, since events come late, twice and in any order.
 * @throws GraphError when athenaNet has to be asked and does not answer
 */
export const eventsNoticed = async (
  contents: readonly unknown[],
  readers: Readers,
  call: Call,
): Promise<readonly Noticed[]> => {
  const events = contents.flatMap((content) => EventContent.safeParse(content).data ?? []);
  const of = (type: Noticed['type']): readonly Told[] =>
    once(
      events.flatMap(({ topic, id, patient }) => {
        const told = topicOf(topic);
        return told?.type === type ? [{ key: id, patient, isNew: told.isNew }] : [];
      }),
    );
  return [
    ...of('Patient').map(({ key, isNew }): Noticed => ({ type: 'Patient', key, patient: key, ...created(isNew) })),
    ...(await appointmentsNoticed(of('Appointment'), readers, call)),
    ...(await observationsNoticed(of('Observation'), readers, call)),
    ...of('Claim').map(
      ({ key, patient, isNew }): Noticed => ({ type: 'Claim', key, ...whose(patient), ...created(isNew) }),
    ),
  ];
};
