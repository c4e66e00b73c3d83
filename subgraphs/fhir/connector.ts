import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Call } from '../../upstream/call.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Connector, Found, Wanted } from '../vendor/connector.ts';
import { patientAppointments, searchAppointments } from './appointments.ts';
import { capabilitiesOf, unsupportedFieldsOf } from './capabilities.ts';
import { feedsOf } from './changes/feeds.ts';
import { patientClaims, readClaims, searchClaims } from './claims.ts';
import { listCoverages } from './coverages.ts';
import { listLocations, listPractitioners } from './directory.ts';
import { type Fields, fieldsOf, includesFor, relatedOf, withRelated } from './links.ts';
import { toAppointment } from './mapping/appointment.ts';
import type { MappingContext } from './mapping/context.ts';
import { toLocation, toPractitioner } from './mapping/directory.ts';
import { toObservation } from './mapping/observation.ts';
import { patientObservations } from './observations.ts';
import { searchPatients } from './patient-search.ts';
import { readPatients } from './patients.ts';
import type { Resource } from './payload.ts';
import { pushingOf } from './push/push.ts';
import type { Param } from './rules.ts';
import { Service } from './service.ts';
import { listSlots, readSlots } from './slots.ts';
import { writersOf } from './writes/writers.ts';

type Reader<T extends RecordType> = (
  service: Service,
  wanted: readonly Wanted<T>[],
  call: Call,
) => Promise<readonly (Found<T> | null | Error)[]>;

/** Reads records that need nothing but their own resource; what they link to comes along where it is selected. */
const plain =
  <T extends 'Appointment' | 'Observation' | 'Practitioner' | 'Location'>(
    type: T,
    map: (resource: Resource<T>, context: MappingContext) => Mapped<T>,
    links: (service: Service, fields: Fields) => readonly Param[] = () => [],
  ): Reader<T> =>
  async (service, wanted, call) => {
    const keys = wanted.map(({ key }) => key);
    const params = links(service, fieldsOf(wanted));
    const { byId, included } = await service.ids.read(type, keys, call, { params, always: params.length > 0 });
    const context = service.context();
    const answers = keys.map((key): Found<T> | null | Error => {
      const reading = byId.get(key);
      if (reading instanceof Error) return reading;
      return reading !== undefined && 'found' in reading
        ? { record: service.made(map(reading.found, context), reading.found), covers: 'all' }
        : null;
    });
    return withRelated(answers, relatedOf(included, service));
  };

const READERS: { readonly [T in RecordType]: Reader<T> } = {
  Patient: readPatients,
  Appointment: plain('Appointment', toAppointment, ({ profile }, fields) =>
    includesFor(profile, 'Appointment', fields, ['patient', 'practitioner', 'location']),
  ),
  Observation: plain('Observation', toObservation, ({ profile }, fields) =>
    includesFor(profile, 'Observation', fields, ['patient']),
  ),
  Claim: readClaims,
  Practitioner: plain('Practitioner', toPractitioner),
  Location: plain('Location', toLocation),
  Slot: readSlots,
};

/** One FHIR R4 server. Which of its vendor's rules are kept is said by the source's profile. */
export const connectFhir = (source: SourceSettings, upstream: Upstream, now: () => number): Connector => {
  const service = new Service(source, upstream, now);
  const { profile } = service;
  const pushing = pushingOf(service, source);
  const reader =
    <T extends RecordType>(type: T) =>
    async (wanted: readonly Wanted<T>[], call: Call): Promise<readonly (Found<T> | null | Error)[]> =>
      profile.reads.includes(type) ? READERS[type](service, wanted, call) : wanted.map(() => service.unsupported());
  return {
    capabilities: capabilitiesOf(profile),
    writers: writersOf(service),
    unsupportedFields: unsupportedFieldsOf(profile),
    coveragesWithPatient: profile.coverages.withPatient !== undefined,
    read: {
      Patient: reader('Patient'),
      Appointment: reader('Appointment'),
      Observation: reader('Observation'),
      Claim: reader('Claim'),
      Practitioner: reader('Practitioner'),
      Location: reader('Location'),
      Slot: reader('Slot'),
    },
    searchPatients: (search, window, call) => searchPatients(service, search, window, call),
    searchAppointments: (search, window, call) => searchAppointments(service, search, window, call),
    searchClaims: (search, window, call) => searchClaims(service, search, window, call),
    patientAppointments: (asked, call) => patientAppointments(service, asked, call),
    patientObservations: (asked, call) => patientObservations(service, asked, call),
    patientClaims: (asked, call) => patientClaims(service, asked, call),
    coverages: (patients, call) => listCoverages(service, patients, call),
    practitioners: (window, call) => listPractitioners(service, window, call),
    locations: (call) => listLocations(service, call),
    slots: (search, call) => listSlots(service, search, call),
    feeds: [...feedsOf(service), ...(pushing?.feeds ?? [])],
    ...(pushing === undefined ? {} : { push: pushing.push }),
    close: async () => {}, // tokens of FHIR servers end by themselves
  };
};
