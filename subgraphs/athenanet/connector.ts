import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Connector, Found } from '../vendor/connector.ts';
import { capabilitiesOf, unsupportedFields } from './capabilities.ts';
import { feedsOf } from './changes/index.ts';
import { AthenanetClient } from './client.ts';
import { Appointments } from './connector/appointments.ts';
import { Booked } from './connector/booked.ts';
import { Charts } from './connector/charts.ts';
import { Claims } from './connector/claims.ts';
import { Directory } from './connector/directory.ts';
import { KeptLists } from './connector/kept.ts';
import { Kinds } from './connector/kinds.ts';
import { Observations } from './connector/observations.ts';
import { pageByIndex } from './connector/pages.ts';
import { PatientRows } from './connector/patient-rows.ts';
import { PatientSearches } from './connector/patient-searches.ts';
import { Patients } from './connector/patients.ts';
import { each, isKey, type Practice } from './connector/practice.ts';
import { Slots } from './connector/slots.ts';
import { pushOf } from './push/index.ts';
import { writersOf } from './writes/index.ts';

/**
 * One athenahealth practice. Makes no call before the first question.
 * @throws GraphError VALIDATION when the source has no practiceId.
 */
export const connectAthenanet = (source: SourceSettings, upstream: Upstream, now: () => number): Connector => {
  const client = new AthenanetClient(source, upstream, now);
  const { cache } = upstream;
  const directory = new Directory(source, client, cache);
  const rows = new PatientRows(source, client);
  const charts = new Charts(source, cache, directory, rows);
  const kept = new KeptLists(source, cache);
  const kinds = new Kinds(client, cache);
  const practice: Practice = { source, client, cache, directory, charts, rows, kept, kinds };
  const patients = new Patients(practice);
  const searches = new PatientSearches(practice);
  const booked = new Booked(practice);
  const appointments = new Appointments(practice, booked);
  const observations = new Observations(practice);
  const claims = new Claims(practice);
  const slots = new Slots(practice, booked);
  const pushed = pushOf({ practice, appointments, observations }, upstream, now);

  return {
    capabilities: capabilitiesOf(source),
    writers: writersOf(practice),
    feeds: [...feedsOf(practice, observations, claims), ...(pushed?.feeds ?? [])],
    ...(pushed === undefined ? {} : { push: pushed.push }),
    unsupportedFields: unsupportedFields(source.dialect),
    coveragesWithPatient: true,
    read: {
      Patient: (wanted, call) => patients.read(wanted, call),
      Appointment: (wanted, call) => appointments.read(wanted, call),
      Observation: (wanted, call) => observations.read(wanted, call),
      Claim: (wanted, call) => claims.read(wanted, call),
      Practitioner: (wanted, call) =>
        each(wanted, practice, async ({ key }) => whole(isKey(key) ? await directory.practitioner(key, call) : null)),
      Location: (wanted, call) =>
        each(wanted, practice, async ({ key }) => whole(isKey(key) ? await directory.location(key, call) : null)),
      Slot: (wanted, call) => slots.read(wanted, call),
    },
    searchPatients: (search, window, call) => searches.search(search, window, call),
    searchAppointments: (search, window, call) => appointments.search(search, window, call),
    searchClaims: (search, window, call) => claims.search(search, window, call),
    patientAppointments: (asked, call) => appointments.ofPatients(asked, call),
    patientObservations: (asked, call) => observations.ofPatients(asked, call),
    patientClaims: (asked, call) => claims.ofPatients(asked, call),
    coverages: (asked, call) => patients.coverages(asked, call),
    practitioners: async (window, call) => {
      const all = await directory.practitioners(call);
      return pageByIndex<'Practitioner'>(
        all.map((record) => ({ record, covers: 'all' })),
        window,
        source.id,
      );
    },
    locations: (call) => directory.locations(call),
    slots: (search, call) => slots.search(search, call),
    close: async () => undefined,
  };
};

const whole = <R extends Found<'Practitioner' | 'Location'>['record']>(record: R | null) =>
  record === null ? null : ({ record, covers: 'all' } as const);
