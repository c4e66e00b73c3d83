import { z } from 'zod';
import type { Commands } from '../../../schema/commands.ts';
import { GraphError, validationFailed } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Sending, Sent, Writer, Writers } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { type Form, LATER, planned } from '../mapping/form.ts';
import { emptied, fromFields, requireForCreation } from '../mapping/patient-command.ts';
import { PATIENT_PATHS } from '../mapping/patient-form.ts';
import { PatientPayload } from '../payload/patient.ts';
import { Id, single, Text } from '../payload/scalars.ts';
import { currentOf, known } from './current.ts';

type Creation = Commands['createPatient'];

const CREATE = '/patients';
const UPDATE = '/patients/{id}';
const MATCH = '/patients/enhancedbestmatch';
/** By which athenaNet looks for somebody alike (laravel). */
const MATCHED_BY = ['firstname', 'lastname', 'dob', 'mobilephone', 'homephone', 'email', 'zip'] as const;

/** `errormessage`: with `showerrormessage`, when the id is that of somebody who was there before. */
const Created = single(z.object({ patientid: Id, errormessage: Text }));

/** What is done to patients. */
export const patientWriters = (practice: Practice): Writers => ({
  createPatient: new PatientCreation(practice),
  updatePatient: updating(practice),
});

/**
 * athenaNet looks for somebody alike by itself and then answers with that patient's id instead of a new one. It says so
 * (`showerrormessage`); as it need not, those alike are looked at before.
 */
class PatientCreation implements Writer<'createPatient'> {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  plan({ patient, location, onDuplicate }: Creation) {
    requireForCreation(patient);
    if (location !== undefined) known(location);
    return [planned(`POST ${CREATE}`, this.#form(patient, location ?? LATER, onDuplicate))];
  }

  async send({ patient, location, onDuplicate }: Creation, sending: Sending): Promise<Sent> {
    const { call } = sending;
    const form = this.#form(patient, location ?? (await this.#onlyDepartment(call)), onDuplicate);
    const before = sending.progress.alike ?? (await this.#alike(form, call)).join(' ');
    await sending.keep({ alike: before });
    const write = { method: 'POST', route: CREATE, form, paths: PATIENT_PATHS } as const;
    const { patientid: key, errormessage } = await this.#practice.client.write(write, Created, call);
    if (!isFormer(key, before, errormessage, sending)) return { key };
    if (onDuplicate === 'RETURN_EXISTING') return { key, existing: true };
    throw new GraphError('POSSIBLE_DUPLICATE', { source: this.#practice.source.id, candidates: [key] });
  }

  #form(patient: Creation['patient'], department: string, onDuplicate: Creation['onDuplicate']): Form {
    return {
      ...fromFields(patient, this.#practice.source.dialect),
      departmentid: department,
      showerrormessage: 'true',
      ...(onDuplicate === 'CREATE_ANYWAY' ? { bypasspatientmatching: 'true' } : {}),
    };
  }

  async #onlyDepartment(call: Call): Promise<string> {
    const [only, another] = await this.#practice.directory.locations(call);
    if (only !== undefined && another === undefined) return only.key;
    const message = 'athenahealth registers patients in a department: name one.';
    throw validationFailed([{ path: ['location'], rule: 'required', message }]);
  }

  async #alike(form: Form, call: Call): Promise<readonly string[]> {
    const criteria = Object.fromEntries(MATCHED_BY.map((field) => [field, form[field]]));
    const read = { name: `GET ${MATCH}`, path: MATCH, query: { ...criteria, returnbestmatches: 'true' } };
    try {
      const rows = await this.#practice.client.bare(read, PatientPayload.pick({ patientid: true }), call);
      return rows.map(({ patientid }) => patientid);
    } catch (thrown) {
      if (thrown instanceof GraphError && !thrown.retryable) return []; // not granted: the vendor's own word must do
      throw thrown;
    }
  }
}

/**
 * Was the patient there before the first attempt? What a later attempt matches, and nobody was like before, is what an
 * earlier attempt made.
 */
const isFormer = (key: string, before: string, message: string | undefined, { progress }: Sending): boolean =>
  before.split(' ').includes(key) || (message !== undefined && progress.alike === undefined);

const updating = (practice: Practice): Writer<'updatePatient'> => ({
  needs: ['address', 'departmentId'],
  plan: ({ key, patient, clear }) => {
    known(key);
    const form = { ...fromFields(patient, practice.source.dialect), ...emptied(patient, clear) };
    return [planned(`PUT ${UPDATE}`, { departmentid: LATER, ...form })];
  },
  send: async ({ key, patient, clear }, sending) => {
    const current = currentOf<'Patient'>(sending);
    const department = current.own?.departmentId;
    const form = {
      ...(typeof department === 'string' ? { departmentid: department } : {}),
      ...fromFields(patient, practice.source.dialect),
      ...emptied(patient, clear, current),
    };
    const write = { method: 'PUT', route: UPDATE, ids: [key], form, paths: PATIENT_PATHS } as const;
    const saved = await practice.client.write(write, Created, sending.call);
    if (saved.patientid !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: practice.source.id });
    return { key };
  },
});
