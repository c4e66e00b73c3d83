import type { Patient } from '../practice.ts';
import { lower } from './compare.ts';
import { patientFields } from './patient-fields.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';

const MATCHED = 'A patient matching these demographics already exists.';

/** The patient who is taken for the one to be made: same names and birth day, no other sex. [assumption] */
const alike = ({ world, sent }: Call): Patient | undefined => {
  const [first = '', last = ''] = [sent.text('firstname'), sent.text('lastname')].map((name) => name && lower(name));
  const [born, sex] = [sent.day('dob'), sent.text('sex')?.toUpperCase()];
  return world.practice.patients.find(
    (one) =>
      one.birthDate === born &&
      lower(one.last) === last &&
      lower(one.first) === first &&
      (sex === undefined || one.sex === undefined || one.sex === sex),
  );
};

/** A similar record's id is given back and nothing changed; only `bypasspatientmatching` makes another one. [public: laravel, go] */
const create = (call: Call) => {
  const { sent, ledger, name } = call;
  sent.require('firstname', 'lastname', 'dob', 'departmentid');
  const set = patientFields(call);
  const match = sent.flag('bypasspatientmatching') ? undefined : alike(call);
  if (match !== undefined)
    return [{ patientid: String(match.id), errormessage: sent.flag('showerrormessage') ? MATCHED : undefined }];
  const { first = '', last = '', race = [], ...rest } = set;
  const patient = ledger.createPatient(name, { ...rest, first, last, race, coverages: [] });
  return [{ patientid: String(patient.id) }];
};

/** Only what was sent is changed. */
const update = (call: Call) => {
  const { world, ledger, name, id } = call;
  const before = world.patient(id('id'));
  if (before === undefined) throw notFound('patient');
  const {
    first = before.first,
    last = before.last,
    race = before.race,
    coverages: _,
    ...rest
  } = patientFields(call, before);
  const set = { ...rest, first, last, race };
  const differs = Object.entries(set).some(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof Patient]),
  );
  if (differs) ledger.updatePatient(name, before.id, set);
  return [{ patientid: String(before.id) }];
};

export const patientWriteRoutes: readonly Route[] = [
  { method: 'POST', path: '/patients', handle: create },
  { method: 'PUT', path: '/patients/{id}', handle: update },
];
