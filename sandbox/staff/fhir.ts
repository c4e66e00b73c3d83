import type { Appointment, ContactPoint, Patient } from '@medplum/fhirtypes';
import { concept, ID, later, URI } from '../fhir/names.ts';
import { FHIR_SIGN_IN } from '../fhir/simulator.ts';
import type { Slot } from '../practice.ts';
import { contentOf, type Door, type Doorway, send } from './door.ts';

interface Step {
  readonly op: 'add' | 'replace';
  readonly path: string;
  readonly value: unknown;
}

const AUTHORIZATION = { authorization: `Bearer ${FHIR_SIGN_IN.bearer}` };

const participants = (patient: number, { practitionerId, locationId }: Slot): Appointment['participant'] =>
  [
    `Patient/${ID.patient(patient)}`,
    `Practitioner/${ID.practitioner(practitionerId)}`,
    `Location/${ID.location(locationId)}`,
  ].map((reference) => ({ actor: { reference }, status: 'accepted' }));

const withMobile = (telecom: readonly ContactPoint[], value: string): ContactPoint[] => {
  const isMobile = ({ system, use }: ContactPoint): boolean => system === 'phone' && use === 'mobile';
  const mobile: ContactPoint = { system: 'phone', value, use: 'mobile' };
  return telecom.some(isMobile) ? telecom.map((one) => (isMobile(one) ? mobile : one)) : [...telecom, mobile];
};

/** A desk at a practice with a FHIR server. */
export const fhirDoor = (doorway: Doorway): Door => {
  const place = (path: string): string => `${doorway.source.baseUrl}/${path}`;
  const patch = async (path: string, steps: readonly Step[]): Promise<void> => {
    const headers = { ...AUTHORIZATION, 'content-type': 'application/json-patch+json' };
    contentOf(await send(doorway, place(path), { method: 'PATCH', headers, body: JSON.stringify(steps) }));
  };
  const create = async (resource: Appointment): Promise<void> => {
    const headers = { ...AUTHORIZATION, 'content-type': 'application/fhir+json' };
    contentOf(await send(doorway, place(resource.resourceType), { headers, body: JSON.stringify(resource) }));
  };

  return {
    book: (patient, slot) =>
      create({
        resourceType: 'Appointment',
        status: 'booked',
        slot: [{ reference: `Slot/${ID.slot(slot.id)}` }],
        serviceType: [concept(URI.visitType, String(slot.type.id), slot.type.name)],
        start: slot.start,
        end: later(slot.start, slot.minutes),
        participant: participants(patient, slot),
      }),
    move: ({ id, patientId, minutes }, slot) =>
      patch(`Appointment/${ID.appointment(id)}`, [
        { op: 'add', path: '/start', value: slot.start },
        { op: 'add', path: '/end', value: later(slot.start, minutes) },
        { op: 'add', path: '/slot', value: [{ reference: `Slot/${ID.slot(slot.id)}` }] },
        { op: 'replace', path: '/participant', value: participants(patientId, slot) },
      ]),
    cancel: ({ id }) =>
      patch(`Appointment/${ID.appointment(id)}`, [
        { op: 'replace', path: '/status', value: 'cancelled' },
        { op: 'add', path: '/cancelationReason', value: { text: 'Patient request' } },
      ]),
    checkIn: ({ id }) =>
      patch(`Appointment/${ID.appointment(id)}`, [{ op: 'replace', path: '/status', value: 'checked-in' }]),
    changeMobile: async (patient, digits) => {
      const path = `Patient/${ID.patient(patient)}`;
      const read = contentOf(await send(doorway, place(path), { method: 'GET', headers: AUTHORIZATION })) as Patient;
      const number = digits.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3');
      await patch(path, [{ op: 'add', path: '/telecom', value: withMobile(read.telecom ?? [], number) }]);
    },
  };
};
