import { z } from 'zod';
import type { Commands } from '../../../schema/commands.ts';
import { GraphError, validationFailed } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import { fromUsDate, toUsDate } from '../../vendor/time.ts';
import type { Sending, Sent, WriteCall, Writer, Writers } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { fromClaim } from '../mapping/claim-form.ts';
import { payerName } from '../mapping/directory.ts';
import { type Form, LATER, planned } from '../mapping/form.ts';
import { Id } from '../payload/scalars.ts';
import { SlotPayload } from '../payload/schedule.ts';
import type { Write } from '../wire.ts';
import { known } from './current.ts';

type Input = Commands['submitClaim'];

const CLAIMS = '/claims';
const OF_VISIT = '/appointments/{id}/claim';
const PATHS = {
  patientid: ['patient'],
  supervisingproviderid: ['practitioner'],
  servicedate: ['lines'],
  claimcharges: ['lines'],
} as const;

/** One claim a call (docs: claim workflow). */
const Filed = z.object({ claimids: z.tuple([Id]) });

const refused = (field: string, message: string): GraphError =>
  validationFailed([{ path: [field], rule: 'same', message }]);

export const claimWriters = (practice: Practice): Writers => ({ submitClaim: new Claiming(practice) });

/** Files a claim of its own, or the claim of a visit: that one has the visit's day, practitioner and insurances. */
class Claiming implements Writer<'submitClaim'> {
  /** Rows of claims tell neither units nor pointers (fact sheet 2.5). */
  readonly notKept = ['lines.units', 'lines.diagnosisPointers'];
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  plan(input: Input) {
    known(input.patient);
    known(input.practitioner);
    const charges = { claimcharges: JSON.stringify(fromClaim(input)) };
    if (input.appointment === undefined) return [planned(`POST ${CLAIMS}`, { ...ownForm(input, LATER), ...charges })];
    known(input.appointment);
    if (input.payer !== undefined)
      throw refused('payer', 'The claim of a visit goes to the visit’s insurance: name no payer.');
    return [planned(`POST ${OF_VISIT}`, charges)];
  }

  async send(input: Input, { call }: Sending): Promise<Sent> {
    const claimcharges = JSON.stringify(fromClaim(input));
    if (input.appointment === undefined) {
      const [department, insurance] = await Promise.all([this.#department(input, call), this.#insurance(input, call)]);
      const form = { ...ownForm(input, department), ...insurance, claimcharges };
      return this.#filed({ method: 'POST', route: CLAIMS, form, paths: PATHS }, call);
    }
    await this.#checkVisit(input, input.appointment, call);
    return this.#filed(
      { method: 'POST', route: OF_VISIT, ids: [input.appointment], form: { claimcharges }, paths: PATHS },
      call,
    );
  }

  async #filed(write: Write, call: WriteCall): Promise<Sent> {
    const { claimids } = await this.#practice.client.write(write, Filed, call);
    return { key: claimids[0] };
  }

  /** Where the patient is registered. */
  async #department({ patient }: Input, call: Call): Promise<string> {
    const row = await this.#practice.rows.row(patient, call);
    if (row === null) throw new GraphError('NOT_FOUND', { source: this.#practice.source.id });
    const department = row.departmentid ?? row.primarydepartmentid;
    if (department === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#practice.source.id });
    return department;
  }

  /** A payer by its name as `Claim.payer` has it, or by the id of the patient's insurance. */
  async #insurance({ patient, payer }: Input, call: Call): Promise<Form> {
    if (payer === undefined) return {};
    const insurances = (await this.#practice.rows.insurances(patient, call)) ?? [];
    const wanted = payer.trim().toLowerCase();
    const found = insurances.find((row) =>
      [row.insuranceid, payerName(row)].some((name) => name?.toLowerCase() === wanted),
    );
    if (found?.insuranceid === undefined) throw refused('payer', 'The patient has no such insurance.');
    return { primarypatientinsuranceid: found.insuranceid };
  }

  async #checkVisit(input: Input, key: string, call: Call): Promise<void> {
    const read = { name: 'GET /appointments/{id}', path: `/appointments/${key}` };
    const visit = await this.#practice.client.one(read, SlotPayload, call);
    if (visit === null) throw refused('appointment', 'There is no such appointment.');
    if (visit.patientid !== input.patient) throw refused('appointment', 'The appointment is another patient’s.');
    if (visit.providerid !== input.practitioner)
      throw refused('practitioner', 'The claim of a visit is its practitioner’s.');
    if (fromUsDate(visit.date) !== input.lines[0]?.serviceDate)
      throw validationFailed([
        { path: ['lines', '0', 'serviceDate'], rule: 'same', message: 'The claim of a visit is of its day.' },
      ]);
  }
}

const ownForm = ({ patient, practitioner, lines }: Input, departmentid: string): Form => ({
  patientid: patient,
  departmentid,
  supervisingproviderid: practitioner,
  servicedate: toUsDate(lines[0]?.serviceDate ?? ''),
});
