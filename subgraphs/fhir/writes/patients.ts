import type { Commands } from '../../../schema/commands.ts';
import type { Writer } from '../../vendor/writes/writer.ts';
import { editedPatient, newPatient } from '../mapping/patient-form.ts';
import type { Service } from '../service.ts';
import { change } from './change.ts';
import { create, findByNumber } from './create.ts';
import { checkKeys, fieldsOf, plannedChange, plannedCreate, refuse } from './plan.ts';
import type { Places } from './refusal.ts';

const at = (...names: readonly string[]) => ['patient', ...names];
const PLACES: Places = {
  'Patient.name.family': at('lastName'),
  'Patient.name.given': at('firstName'),
  'Patient.birthDate': at('dateOfBirth'),
  'Patient.gender': at('gender'),
  'Patient.address': at('address'),
  'Patient.address.line': at('address', 'line1'),
  'Patient.address.city': at('address', 'city'),
  'Patient.address.state': at('address', 'state'),
  'Patient.address.postalCode': at('address', 'postalCode'),
  'Patient.address.country': at('address', 'country'),
  'Patient.name': at(),
  'Patient.telecom': at(),
  'Patient.communication': at('preferredLanguage'),
};

/** R4 keeps no patient at a place: `location` has nothing to say here. */
export const patientCreator = (service: Service): Writer<'createPatient'> => ({
  plan: ({ patient }) => [plannedCreate(service, 'Patient', newPatient(patient))],
  send: ({ patient }, sending) => create(service, 'Patient', newPatient(patient), sending, PLACES),
  ...(service.profile.writes.numbered === 'found'
    ? { find: (_input, sending) => findByNumber(service, 'Patient', sending) }
    : {}),
});

const survivorOf = (own: Readonly<Record<string, unknown>> | undefined): string | undefined =>
  typeof own?.replacedBy === 'string' ? own.replacedBy : undefined;

type Update = Commands['updatePatient'];

/** A patient who was merged into another is changed where the record goes on. */
export const patientUpdater = (service: Service): Writer<'updatePatient'> => ({
  needs: ['replacedBy'],
  plan: ({ key, patient, clear }: Update) => {
    refuse(checkKeys({ id: key }));
    const { resourceType: _type, ...elements } = newPatient(patient);
    const cleared = clear.map((name) => ({ name, value: '' }));
    return plannedChange(service, 'Patient', [...fieldsOf(elements), ...cleared]);
  },
  send: async (input, sending) => {
    await change(
      service,
      {
        type: 'Patient',
        id: survivorOf(sending.current?.record.own) ?? input.key,
        edit: ({ document }) => editedPatient(document, input, service.context()),
        places: PLACES,
        again: () => input.ifVersion === undefined,
      },
      sending,
    );
    return { key: input.key };
  },
});
