import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Connector, Found } from '../vendor/connector.ts';
import { capabilitiesOf, UNSUPPORTED_FIELDS } from './capabilities.ts';
import { unityFeeds } from './changes/feeds.ts';
import { UnityClient } from './client.ts';
import { patientAppointments, searchAppointments } from './records/appointments.ts';
import { patientClaims, readClaims, searchClaims } from './records/claims.ts';
import { Directory } from './records/directory.ts';
import { patientObservations, readObservations } from './records/observations.ts';
import { pageOf } from './records/page.ts';
import { inParallel } from './records/parallel.ts';
import { coveragesComeAlong, readCoverages, readPatients, searchPatients } from './records/patients.ts';
import { findSlots, readSlots } from './records/slots.ts';
import type { Unity } from './records/unity.ts';
import { readAppointments } from './records/visits.ts';
import { unityWriters } from './writes/writers.ts';

/** One Unity source. Nothing is sent before the first question. */
export const connectUnity = (source: SourceSettings, upstream: Upstream, now: () => number): Connector => {
  const client = new UnityClient(source, upstream, now);
  const unity: Unity = { source, client, directory: new Directory(source, client, upstream.cache) };
  const { directory } = unity;
  return {
    capabilities: capabilitiesOf(source),
    writers: unityWriters(unity),
    feeds: unityFeeds(unity, upstream.cache),
    unsupportedFields: UNSUPPORTED_FIELDS,
    get coveragesWithPatient() {
      return coveragesComeAlong(unity);
    },
    read: {
      Patient: (wanted, call) => readPatients(unity, wanted, call),
      Appointment: (wanted, call) => readAppointments(unity, wanted, call),
      Observation: (wanted, call) => readObservations(unity, wanted, call),
      Claim: (wanted, call) => readClaims(unity, wanted, call),
      Practitioner: (wanted, call) =>
        inParallel(wanted, source.limits.concurrency, ({ key, fields }) => directory.practitioner(key, fields, call)),
      Location: (wanted, call) =>
        inParallel(wanted, source.limits.concurrency, async ({ key }): Promise<Found<'Location'> | null> => {
          const record = (await directory.locations(call)).find((location) => location.key === key);
          return record === undefined ? null : { record, covers: 'all' };
        }),
      Slot: (wanted, call) => readSlots(unity, wanted, call),
    },
    searchPatients: (search, window, call) => searchPatients(unity, search, window, call),
    searchAppointments: (search, window, call) => searchAppointments(unity, search, window, call),
    searchClaims: () => searchClaims(unity),
    patientAppointments: (asked, call) => patientAppointments(unity, asked, call),
    patientObservations: (asked, call) => patientObservations(unity, asked, call),
    patientClaims: (asked, call) => patientClaims(unity, asked, call),
    coverages: (patients, call) => readCoverages(unity, patients, call),
    practitioners: async (window, call) => pageOf(await directory.practitioners(call), window),
    locations: (call) => directory.locations(call),
    slots: (search, call) => findSlots(unity, search, call),
    close: () => client.close(),
  };
};
