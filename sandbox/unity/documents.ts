import type { Document, Patient } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { type Local, usTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { lastFirst, type World } from './world.ts';

/** A document to be kept. */
export interface Filing {
  readonly patient: Patient;
  readonly type: string;
  readonly title?: string;
  readonly contentType: string;
  /** Base64. */
  readonly content: string;
  readonly practitionerId?: number;
  readonly appointmentId?: number;
  /** When the visit was to which it belongs; when it was saved, if absent. */
  readonly at?: Local;
}

/** Keeps a document for good; its id. */
export const storeDocument = ({ world, system, callName }: Work, filing: Filing): number => {
  const { patient, at, ...said } = filing;
  const { id } = system.ledger.saveDocument(callName, { ...said, patientId: patient.id });
  if (at !== undefined) world.documentDates.set(id, at);
  return id;
};

const dateOf = ({ id, savedAt }: Document, world: World): Local => world.documentDates.get(id) ?? world.local(savedAt);

/** The columns are assumptions, as in the sample. */
const DOCUMENT: Spec<Document> = {
  documentid: ({ id }) => String(id),
  documenttype: ({ type }) => type,
  description: ({ title }) => title ?? '',
  documentdate: (document, world) => usTime(dateOf(document, world)),
  status: () => 'Final',
  author: ({ practitionerId }, world) => {
    const found = world.practitioner(practitionerId);
    return found ? lastFirst(found) : '';
  },
};

/** P1 start and P2 end of the document's date, P3 id, P4 type; each may be empty. A P2 without a time is that midnight. */
const documents = ({ world, call, time, parameter }: Work): readonly Table[] => {
  const patient = world.patient(call.patientId);
  const [from, to, id, type] = [time(parameter(1)), time(parameter(2)), parameter(3), parameter(4)];
  const found = world.practice.documents.filter((document) => {
    const at = dateOf(document, world);
    return (
      document.patientId === patient?.id &&
      at >= (from ?? '') &&
      (to === undefined || at <= to) &&
      (id === '' || String(document.id) === id) &&
      (type === '' || document.type === type)
    );
  });
  return [table(world, DOCUMENT, found)];
};

const IMAGE: Spec<Document> = {
  DisplayName: ({ title }) => title ?? '',
  DocumentImage: ({ content }) => content,
};

/** P1 id, P2 type, P3 format. The format changes nothing: what comes is what was saved (assumption). */
const documentImage = ({ world, call, parameter }: Work): readonly Table[] => {
  const found = world.practice.documents.filter(
    ({ id, patientId, type }) =>
      String(id) === parameter(1) &&
      patientId === world.patient(call.patientId)?.id &&
      ['', type].includes(parameter(2)),
  );
  return [table(world, IMAGE, found)];
};

export const DOCUMENT_ACTIONS: readonly Action[] = [
  { name: 'GetDocuments', run: documents },
  { name: 'GetDocumentImage', run: documentImage },
];
