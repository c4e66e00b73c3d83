import { z } from 'zod';
import type { Commands } from '../../../schema/commands.ts';
import type { Sending, Sent, Sighting, Writer, Writers } from '../../vendor/writes/writer.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import type { Practice } from '../connector/practice.ts';
import { CLINICAL, fromDocument, subclassOf } from '../mapping/document-form.ts';
import { LATER, planned } from '../mapping/form.ts';
import { DocumentPayload } from '../payload/chart.ts';
import { Id } from '../payload/scalars.ts';
import type { Write } from '../wire.ts';
import { known } from './current.ts';

type Input = Commands['saveDocument'];

const ANY = '/patients/{id}/documents';
const CLINICAL_ONE = '/patients/{id}/documents/clinicaldocument';
const PATHS = {
  patientid: ['patient'],
  documentsubclass: ['type'],
  attachmenttype: ['contentType'],
  attachmentcontents: ['content'],
  internalnote: ['title'],
} as const;

const Saved = z
  .union([z.object({ documentid: Id }), z.object({ clinicaldocumentid: Id })])
  .transform((told) => ('documentid' in told ? told.documentid : told.clinicaldocumentid));

const routeOf = ({ type }: Input): string => (subclassOf(type) === CLINICAL ? CLINICAL_ONE : ANY);

export const documentWriters = (practice: Practice): Writers => ({ saveDocument: new Documents(practice) });

/** Saves documents in charts. Nothing reads them in the graph, so those of the kind are listed before and after. */
class Documents implements Writer<'saveDocument'> {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  plan(input: Input) {
    known(input.patient);
    return [planned(`POST ${routeOf(input)}`, { departmentid: LATER, ...fromDocument(input) })];
  }

  async send(input: Input, sending: Sending): Promise<Sent> {
    const { call, progress } = sending;
    const { patient } = input;
    const own = fromDocument(input);
    const former = progress.former ?? (await this.#keys(input, call)).join(' ');
    await sending.keep({ former });
    const key = await this.#practice.charts.open(patient, call, (departmentid) => {
      const form = { departmentid, ...own };
      const write: Write = { method: 'POST', route: routeOf(input), ids: [patient], form, paths: PATHS };
      return this.#practice.client.write(write, Saved, call);
    });
    return { key };
  }

  /** What of this kind the chart has now and had not before the first attempt. */
  async find(input: Input, { progress, call }: Pick<Sending, 'call' | 'progress'>): Promise<Sighting> {
    const { former } = progress;
    if (former === undefined) return { kind: 'absent' };
    const before = new Set(former.split(' '));
    const [only, another] = (await this.#keys(input, call)).filter((key) => !before.has(key));
    if (only === undefined) return { kind: 'absent' };
    if (another === undefined) return { kind: 'found', key: only };
    return { kind: 'unclear', reason: 'Several documents of this kind were saved in the chart meanwhile.' };
  }

  /** Of those with the same note, where athenaNet shows the notes. */
  #keys(input: Input, call: Sending['call']): Promise<readonly string[]> {
    const { client, charts } = this.#practice;
    const { documentsubclass, internalnote } = fromDocument(input);
    return charts.open(input.patient, call, async (departmentid) => {
      const path = `/patients/${input.patient}/documents`;
      const read = { name: `GET ${ANY}`, path, query: { departmentid, documentsubclass } };
      const rows = await client.all(read, 'documents', DocumentPayload, call, { limit: ROWS_AT_ONCE });
      return rows
        .filter((row) => row.internalnote === undefined || row.internalnote === internalnote)
        .map(({ documentid }) => documentid);
    });
  }
}
