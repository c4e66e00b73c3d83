import type { Resource } from '@medplum/fhirtypes';
import { type Commit, type Ledger, TimeTaken } from '../ledger.ts';
import type { Practice } from '../practice.ts';
import { Refused } from './faults.ts';
import { appointmentFrom } from './intake/appointment.ts';
import { claimFrom } from './intake/claim.ts';
import { documentFrom } from './intake/document.ts';
import { differing } from './intake/elements.ts';
import { observationFrom, refuseDuplicate } from './intake/observation.ts';
import { patientFrom } from './intake/patient.ts';
import type { Mirror } from './mirror.ts';
import { ID, numberIn } from './names.ts';
import type { Writing } from './writing.ts';

export interface DeskOptions {
  readonly practice: Practice;
  readonly ledger: Ledger;
  readonly mirror: Mirror;
  readonly writing: Writing;
}

type Written = Pick<Commit, 'type' | 'record'>;

/** Where resources that hold are written into the practice, and shown from then on. */
export class Desk {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** The id of the new resource. @throws Refused when the practice cannot have it */
  create(call: string, resource: Resource): string {
    return this.#committed(() => this.#created(call, resource));
  }

  /** @throws Refused when the practice cannot have it so */
  change(call: string, id: string, resource: Resource): void {
    this.#committed(() => this.#changed(call, id, resource));
  }

  #created(call: string, resource: Resource): Written {
    const { practice, ledger, writing } = this.#options;
    switch (resource.resourceType) {
      case 'Patient':
        return { type: 'Patient', record: ledger.createPatient(call, patientFrom(resource)) };
      case 'Appointment':
        return { type: 'Appointment', record: ledger.book(call, appointmentFrom(resource, this.#book())) };
      case 'Observation': {
        const draft = observationFrom(resource);
        if (writing.refuseDuplicates) refuseDuplicate(practice, draft);
        return { type: 'Observation', record: ledger.record(call, draft) };
      }
      case 'DocumentReference':
        return { type: 'Document', record: ledger.saveDocument(call, documentFrom(resource)) };
      case 'Claim':
        return { type: 'Claim', record: ledger.fileClaim(call, claimFrom(resource, practice)) };
      default:
        throw new Refused('method');
    }
  }

  #changed(call: string, id: string, resource: Resource): Written {
    const { practice, ledger } = this.#options;
    switch (resource.resourceType) {
      case 'Patient': {
        const record = found(practice.patients, numberIn(id, 'pat'));
        const set = differing(patientFrom(resource, record), record);
        return { type: 'Patient', record: ledger.updatePatient(call, record.id, set) };
      }
      case 'Appointment': {
        const record = found(practice.appointments, numberIn(id, 'appt'));
        const set = differing(appointmentFrom(resource, this.#book(), record), record);
        return { type: 'Appointment', record: ledger.changeAppointment(call, record.id, set) };
      }
      case 'Observation': {
        const record = found(practice.observations, numberIn(id, 'obs'));
        const draft = observationFrom(resource, record);
        const set = { ...differing(draft, record), status: draft.status };
        return { type: 'Observation', record: ledger.correct(call, record.id, set) };
      }
      default:
        throw new Refused('method');
    }
  }

  #book() {
    const { practice, ledger, writing } = this.#options;
    return { practice, held: ledger.heldSlots(), writing };
  }

  #committed(write: () => Written): string {
    const { mirror } = this.#options;
    const written = attempted(write);
    if (written.type === 'Appointment') mirror.takeSlots();
    return resourceId(written);
  }
}

const attempted = (write: () => Written): Written => {
  try {
    return write();
  } catch (error) {
    if (error instanceof TimeTaken) throw new Refused('time-taken');
    throw error;
  }
};

const found = <T extends { readonly id: number }>(list: readonly T[], id: number | undefined): T => {
  const record = list.findLast((one) => one.id === id);
  if (record === undefined) throw new Refused('not-found');
  return record;
};

const IDS = {
  Patient: ID.patient,
  Appointment: ID.appointment,
  Slot: ID.slot,
  Observation: ID.observation,
  Claim: ID.claim,
  Document: ID.document,
} as const;

const resourceId = ({ type, record }: Written): string => IDS[type](record.id);
