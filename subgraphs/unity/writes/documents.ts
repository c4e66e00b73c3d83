import type { Commands } from '../../../schema/commands.ts';
import { type FieldIssueDetail, GraphError, validationFailed } from '../../../schema/errors.ts';
import { addDays, instantToLocal } from '../../vendor/time.ts';
import type { Sending, Sighting, Writers } from '../../vendor/writes/writer.ts';
import { attributesXml, type Form } from '../mapping/form.ts';
import { cell, idCell, saysNone } from '../payload.ts';
import { readPatients } from '../records/patients.ts';
import type { Unity } from '../records/unity.ts';
import { issue, LOOKED_UP, plannedCall, refuseIssues } from './plan.ts';
import { type Paths, save, savedId } from './saving.ts';

type Input = Commands['saveDocument'];

const PATHS: Paths = {
  PatientID: 'patient',
  documentType: 'type',
  DocumentType: 'type',
  vendorFileName: 'title',
  bytesRead: 'content',
  Document: 'content',
  DocumentContent: 'content',
};

/** Endings by which a file's kind is told, since nothing else tells it. */
const ENDINGS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/tiff': 'tif',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/xml': 'xml',
  'application/xml': 'xml',
  'application/rtf': 'rtf',
  'text/rtf': 'rtf',
};

const kindOf = (contentType: string): string => contentType.split(';')[0]?.trim().toLowerCase() ?? '';

const LOINC = /^\d{1,7}-\d$/;

export const typeIssues = ({ type }: Input): readonly FieldIssueDetail[] =>
  LOINC.test(type) ? [issue(['type'], 'type', 'This vendor takes its own codes for kinds of documents.')] : [];

const issuesOf = (input: Input): readonly FieldIssueDetail[] => [
  ...typeIssues(input),
  ...(ENDINGS[kindOf(input.contentType)] === undefined
    ? [issue(['contentType'], 'contentType', 'This vendor cannot keep documents of this kind.')]
    : []),
];

/** The name under which the document is filed. It ends in the write's id, by which it is found again. */
const fileName = (input: Input, id: string): string => {
  const title = (input.title ?? input.type).replace(/[\s/\\]+/g, ' ').trim();
  return `${title} ${id}.${ENDINGS[kindOf(input.contentType)] ?? 'bin'}`;
};

/** What the vendor wants to know of a document besides its bytes. */
interface Filing {
  readonly fileName: string;
  readonly ownerCode: string;
  readonly organization: string;
  readonly first: string;
  readonly last: string;
  /** `2025-03-10 09:00:00` */
  readonly at: string;
}

const itemsOf = (input: Input, filing: Filing, documentVar: string, done: boolean): Form => ({
  documentCommand: 'i',
  documentType: input.type,
  offset: '0',
  bytesRead: String(Buffer.byteLength(input.content, 'base64')),
  bDoneUpload: String(done),
  documentVar,
  documentID: '0',
  vendorFileName: filing.fileName,
  ahsEncounterDTTM: filing.at,
  ahsEncounterID: '0',
  ownerCode: filing.ownerCode,
  organizationName: filing.organization,
  patientFirstName: filing.first,
  patientLastName: filing.last,
  Orientation: '1',
  auditCCDASummary: 'N',
});

const itemXml = (form: Form): string =>
  attributesXml(
    'doc',
    'item',
    Object.entries(form).map(([name, value]) => ({ name, value })),
  );

const NO_OWNER = 'No provider is known in whose name this patient’s document could be kept.';

/** The provider who signs in, or else the patient's own. */
const ownerCode = async (unity: Unity, physician: string | undefined, call: Sending['call']): Promise<string> => {
  const { auth } = unity.source;
  const user = auth.type === 'unity' ? auth.ehrUser.toLowerCase() : '';
  const providers = (await unity.directory.practitioners(call)).map(({ record }) => record);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const named = providers.filter(({ name }) => {
    const given = name?.given[0] ?? '';
    return physician !== undefined && `${given} ${name?.family ?? ''}`.toLowerCase() === physician.toLowerCase();
  });
  const owner =
    providers.find(({ own }) => text(own?.username).toLowerCase() === user) ??
    (named.length === 1 ? named[0] : undefined);
  const code = text(owner?.own?.code);
  if (code === '') throw validationFailed([issue(['patient'], 'owner', NO_OWNER)]);
  return code;
};

const filingFor = async (unity: Unity, input: Input, { id, call, progress }: Sending): Promise<Filing> => {
  const [found] = await readPatients(unity, [{ key: input.patient, fields: new Set() }], call);
  if (found instanceof Error) throw found;
  if (found == null) throw new GraphError('NOT_FOUND', { source: unity.source.id });
  const { firstName, lastName, own } = found.record;
  const physician = own?.primaryPhysician;
  return {
    fileName: fileName(input, id),
    ownerCode: await ownerCode(unity, typeof physician === 'string' ? physician : undefined, call),
    organization: unity.source.name,
    first: firstName ?? '',
    last: lastName ?? '',
    at: progress.at ?? momentOf(call.now(), unity.source.timeZone),
  };
};

const momentOf = (now: number, zone: string): string => {
  const { date, time } = instantToLocal(new Date(now).toISOString(), zone);
  return `${date} ${time}`;
};

/** The bytes first, then the word that they are all: a part that was left without it is no document. */
const upload = async (unity: Unity, input: Input, sending: Sending) => {
  const { call, keep } = sending;
  const filing = await filingFor(unity, input, sending);
  const step = (documentVar: string, done: boolean) => {
    const xml = itemXml(itemsOf(input, filing, documentVar, done));
    const values = { patient: input.patient, xml, content: done ? '' : input.content };
    return save(unity, 'SaveDocumentImage', values, PATHS, call);
  };
  let { documentVar } = sending.progress;
  if (documentVar === undefined) {
    await keep({ at: filing.at });
    documentVar = cell(await step('', false), 'documentVar');
    if (documentVar === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });
    await keep({ at: filing.at, documentVar });
  }
  return { key: savedId(await step(documentVar, true), unity, 'documentID') };
};

/** In the patient's documents of the day, by the write's id in the name. */
const find = async (
  unity: Unity,
  input: Input,
  sending: Pick<Sending, 'id' | 'call' | 'progress'>,
): Promise<Sighting> => {
  const [day] = (sending.progress.at ?? '').split(' ');
  if (day === undefined || day === '' || sending.progress.documentVar === undefined) return { kind: 'absent' };
  const period = { from: `${addDays(day, -1)}T00:00:00`, to: `${addDays(day, 2)}T00:00:00` };
  const { tables } = await unity.client.run('GetDocuments', { patient: input.patient, ...period }, sending.call);
  const rows = tables.flatMap((table) => table.rows).filter((row) => !saysNone(row));
  const row = rows.find((one) => (cell(one, 'description', 'vendorFileName') ?? '').includes(sending.id));
  const key = row === undefined ? undefined : idCell(row, 'documentid');
  return key === undefined ? { kind: 'absent' } : { kind: 'found', key };
};

export const documentWriters = (unity: Unity): Required<Pick<Writers, 'saveDocument'>> => ({
  saveDocument: {
    plan: (input) => {
      refuseIssues({ ...input, content: '' }, issuesOf(input));
      const filing = {
        fileName: '***',
        ownerCode: '***',
        organization: LOOKED_UP,
        first: '***',
        last: '***',
        at: '***',
      };
      return [false, true].map((done) =>
        plannedCall('Magic SaveDocumentImage', {
          PatientID: input.patient,
          ...itemsOf(input, { ...filing, organization: unity.source.name }, done ? LOOKED_UP : '', done),
          ...(done ? {} : { Parameter6: input.content }),
        }),
      );
    },
    send: (input, sending) => upload(unity, input, sending),
    find: (input, sending) => find(unity, input, sending),
  },
});
