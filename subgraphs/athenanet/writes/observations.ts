import { z } from 'zod';
import type { Commands } from '../../../schema/commands.ts';
import { GraphError, validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Sending, Sent, WriteCall, Writer, Writers } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { type Form, LATER, planned } from '../mapping/form.ts';
import { vitalIn, vitalKey } from '../mapping/observation.ts';
import { asKept, fromObservation, type VitalEntry } from '../mapping/vitals-form.ts';
import { VitalPayload, type VitalReadingPayload } from '../payload/chart.ts';
import { Id } from '../payload/scalars.ts';
import { currentOf, known, unsupported } from './current.ts';

type Input = Commands['recordObservation'];

const RECORD = '/chart/{id}/vitals';
const CORRECT = '/chart/{id}/vitals/{vitalid}';
const PATHS = { patientid: ['patient'], value: ['value'], vitals: ['value'] } as const;

const Recorded = z.object({ vitalids: z.array(z.object({ vitalid: Id, clinicalelementid: z.string() })) });

/** What is recorded of patients: vital signs, as from a device, outside encounters. */
export const observationWriters = (practice: Practice): Writers => ({ recordObservation: new Vitals(practice) });

class Vitals implements Writer<'recordObservation'> {
  /** athenaNet keeps no status of a vital sign (fact sheet 2.4). */
  readonly notKept = ['status'];
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  plan(input: Input) {
    known(input.patient);
    const entry = this.#entry(input);
    if (input.corrects === undefined) return [planned(`POST ${RECORD}`, { departmentid: LATER, ...recordForm(entry) })];
    this.#vitalOf(input, input.corrects);
    return [planned(`PUT ${CORRECT}`, { departmentid: LATER, value: entry.value })];
  }

  meant(input: Input): Input {
    return asKept(input, this.#practice.source.timeZone);
  }

  async send(input: Input, sending: Sending): Promise<Sent> {
    return input.corrects === undefined
      ? this.#record(input, sending.call)
      : this.#correct(input, input.corrects, sending);
  }

  async #record(input: Input, call: WriteCall): Promise<Sent> {
    const { patient } = input;
    const entry = this.#entry(input);
    const { vitalids } = await this.#inChart(patient, call, (departmentid) => {
      const form = { departmentid, ...recordForm(entry) };
      const write = { method: 'POST', route: RECORD, ids: [patient], form, paths: PATHS } as const;
      return this.#practice.client.write(write, Recorded, call);
    });
    const own = vitalids.find(({ clinicalelementid }) => clinicalelementid === entry.clinicalelementid);
    if (own === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#practice.source.id });
    return { key: vitalKey(patient, own.vitalid) };
  }

  /** A new value in the place of the old one: day and element of a reading stay as they are. */
  async #correct(input: Input, key: string, sending: Sending): Promise<Sent> {
    const { patient } = input;
    const { call } = sending;
    const vital = this.#vitalOf(input, key);
    const { clinicalelementid, value } = this.#entry(input);
    refuseOtherDay(this.meant(input), currentOf<'Observation'>(sending));
    await this.#inChart(patient, call, async (departmentid) => {
      const reading = await this.#reading(patient, vital, clinicalelementid, departmentid, call);
      const ids = [patient, reading.vitalid];
      const write = { method: 'PUT', route: CORRECT, ids, form: { departmentid, value }, paths: PATHS } as const;
      return this.#practice.client.write(write, z.unknown(), call);
    });
    return { key };
  }

  /** The reading of the element among those that were taken together: a panel has the key of its first. */
  async #reading(
    patient: string,
    vital: string,
    element: string,
    departmentid: string,
    call: WriteCall,
  ): Promise<VitalReadingPayload> {
    const read = { name: 'GET /chart/{id}/vitals', path: `/chart/${patient}/vitals`, query: { departmentid } };
    const lists = await this.#practice.client.all(read, 'vitals', VitalPayload, call);
    const group = lists
      .flatMap(({ readings }) => readings ?? [])
      .find((readings) => readings.some(({ vitalid }) => vitalid === vital));
    if (group === undefined) throw new GraphError('NOT_FOUND', { source: this.#practice.source.id });
    const reading = group.find(({ clinicalelementid }) => clinicalelementid === element);
    if (reading === undefined)
      throw validationFailed([
        { path: ['code'], rule: 'same', message: 'The observation to correct is of another code.' },
      ]);
    return reading;
  }

  #inChart<R>(patient: string, call: WriteCall, ask: (department: string) => Promise<R>): Promise<R> {
    return this.#practice.charts.open(patient, call, ask);
  }

  #entry(input: Input): VitalEntry {
    return fromObservation(input, this.#practice.source.timeZone);
  }

  #vitalOf({ patient }: Input, key: string): string {
    const place = vitalIn(key);
    if (place === undefined)
      throw unsupported('athenahealth takes corrections of vital signs only: results are the laboratory’s.');
    if (place.patient !== patient)
      throw validationFailed([{ path: ['corrects'], rule: 'same', message: 'The observation is another patient’s.' }]);
    return place.vital;
  }
}

const recordForm = (entry: VitalEntry): Form => ({
  source: 'DEVICEGENERATED',
  returnvitalids: 'true',
  vitals: JSON.stringify([[entry]]),
});

const refuseOtherDay = ({ effective }: Input, current: Mapped<'Observation'>): void => {
  if (Date.parse(current.effective?.start ?? '') !== Date.parse(effective))
    throw validationFailed([
      {
        path: ['effective'],
        rule: 'same',
        message: 'athenahealth’s readings stay on the day on which they were taken.',
      },
    ]);
};
