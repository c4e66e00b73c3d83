import { isBase64 } from '../base64.ts';
import type { Patient } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { documentTypes } from './dictionaries.ts';
import { storeDocument } from './documents.ts';
import type { Action, Work } from './magic.ts';
import { visitEncounterId, type World } from './world.ts';
import { demand, type Fields, fieldsOf, known, payload, writing } from './writing.ts';

/** Items that must say something; of the others two stand in a sample only, and nothing tells a client the organization's name. */
const REQUIRED = [
  ...['documentCommand', 'documentType', 'offset', 'bytesRead', 'bDoneUpload', 'vendorFileName', 'ahsEncounterID'],
  ...['ahsEncounterDTTM', 'ownerCode', 'patientFirstName', 'patientLastName', 'Orientation'],
];
const ITEMS: ReadonlySet<string> = new Set([
  ...REQUIRED,
  'documentVar',
  'organizationName',
  'documentID',
  'auditCCDASummary',
]);

const itemsOf = (xml: string): Fields => {
  const items = payload(xml, 'doc').children;
  demand(
    items.every(({ name, namespace, children }) => name === 'item' && namespace === '' && children.length === 0),
    'XML is not valid.',
  );
  const fields = fieldsOf(
    items.map(({ attributes }) => [attributes.name ?? '', attributes.value ?? '']),
    ITEMS,
  );
  for (const name of REQUIRED) fields.need(name);
  return fields;
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  txt: 'text/plain',
  htm: 'text/html',
  html: 'text/html',
  xml: 'text/xml',
  rtf: 'application/rtf',
};

const contentTypeOf = (fileName: string): string =>
  CONTENT_TYPES[/\.(?<ending>[^.]+)$/.exec(fileName)?.groups?.ending?.toLowerCase() ?? ''] ??
  'application/octet-stream';

/** The patient of the call, whose names must be those in the request: that is the vendor's check against a mix-up. */
const patientOf = ({ world, call }: Work, items: Fields): Patient => {
  const patient = known(world.patient(call.patientId), 'PatientID');
  const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();
  const isNamed =
    isSame(items.text('patientFirstName'), patient.first) && isSame(items.text('patientLastName'), patient.last);
  demand(isNamed, 'Patient name does not match.');
  return patient;
};

/** The visit behind an encounter of the patient; 0 is no encounter. */
const visitOf = (world: World, patient: Patient, encounterId: string): number | undefined => {
  if (encounterId === '0') return undefined;
  const visit = world.practice.appointments.find(
    (one) => one.patientId === patient.id && visitEncounterId(one) === encounterId,
  );
  return known(visit, 'ahsEncounterID').id;
};

const ownerOf = (world: World, code: string): number =>
  known(
    world.practice.practitioners.find((person) => world.abbreviation(person) === code.trim().toUpperCase()),
    'ownerCode',
  ).id;

/** What an upload says of its document; checked at every call. */
const filingOf = (work: Work, items: Fields) => {
  const { world, time } = work;
  const patient = patientOf(work, items);
  const appointmentId = visitOf(world, patient, items.text('ahsEncounterID').trim());
  demand(items.text('documentCommand') === 'i', 'documentCommand is not supported.');
  const type = items.text('documentType').trim();
  demand(documentTypes(world.product).includes(type), 'documentType is not valid.');
  const at = known(time(items.text('ahsEncounterDTTM').trim()), 'ahsEncounterDTTM');
  return {
    patient,
    type,
    title: items.text('vendorFileName'),
    contentType: contentTypeOf(items.text('vendorFileName')),
    practitionerId: ownerOf(world, items.text('ownerCode')),
    ...(appointmentId !== undefined && { appointmentId }),
    at,
  };
};

/** The bytes of a call, in `data` or as base64 in P6; public clients break it into lines. */
const bytesOf = ({ call, parameter }: Work): Buffer => {
  const [data, text] = [call.data.replace(/\s/g, ''), parameter(6).replace(/\s/g, '')];
  demand(data === '' || text === '', 'Document is given twice.');
  demand(isBase64(data || text), 'Document is not valid.');
  return Buffer.from(data || text, 'base64');
};

const wholeNumber = (items: Fields, name: string): number => {
  const text = items.text(name).trim();
  return known(/^\d{1,9}$/.test(text) ? Number(text) : undefined, name);
};

interface Answer {
  readonly documentVar: string;
  readonly id?: number;
}

const PART: Spec<Answer> = { documentVar: ({ documentVar }) => documentVar };
const WHOLE: Spec<Answer> = { ...PART, documentID: ({ id }) => (id === undefined ? undefined : String(id)) };

/**
 * P1 the items, first with the bytes and `bDoneUpload` false, then again with `bDoneUpload` true and the `documentVar`
 * of the first answer, which keeps the document. Further parts come in between, each at its offset (assumption). Only
 * inserting is played.
 */
const saveDocumentImage = (work: Work): readonly Table[] => {
  const items = itemsOf(work.parameter(1));
  const filing = filingOf(work, items);
  const done = items.text('bDoneUpload');
  demand(done === 'true' || done === 'false', 'bDoneUpload is not valid.');
  const [offset, length] = [wholeNumber(items, 'offset'), wholeNumber(items, 'bytesRead')];
  const documentVar = items.text('documentVar').trim();
  const owner = String(filing.patient.id);
  if (done === 'false') {
    const bytes = bytesOf(work);
    demand(bytes.length > 0 && bytes.length === length, 'bytesRead is not valid.');
    return [table(work.world, PART, [{ documentVar: work.system.uploads.add(owner, documentVar, offset, bytes) }])];
  }
  const content = work.system.uploads.take(owner, documentVar).toString('base64');
  return [table(work.world, WHOLE, [{ documentVar, id: storeDocument(work, { ...filing, content }) }])];
};

export const SAVE_DOCUMENT_ACTIONS: readonly Action[] = [
  { name: 'SaveDocumentImage', run: writing(saveDocumentImage) },
];
