import type { Document, Patient } from '../practice.ts';
import { chartPatient, isInDays } from './chart.ts';
import { documentNumber } from './identity.ts';
import { analyteRows, type Report, reportsOf } from './labs.ts';
import { LONG_LISTS, page } from './paging.ts';
import type { Row } from './patient-row.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import { textId, type World, wireStampDay } from './world.ts';

/** `2025-11-13T09:19:09-05:00` in the zone of the stamps. */
export const isoStamp = ({ clock, setting }: World, instant: string): string => {
  const { date, time } = clock.local(instant, setting.stampZone);
  const minutes = Math.round(clock.offset(Date.parse(instant), setting.stampZone) * 60);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const away = Math.abs(minutes);
  return `${date}T${time}${minutes < 0 ? '-' : '+'}${two(away / 60)}:${two(away % 60)}`;
};

/** When a report's first and its last result or correction were issued. */
export const issuedOf = ({ results, first }: Report): readonly [created: string, modified: string] => {
  const all = results.flatMap(({ issued, history }) => [issued, ...history.map((one) => one.issued)]);
  const sorted = all.toSorted((one, other) => Date.parse(one) - Date.parse(other));
  return [sorted[0] ?? first.issued, sorted.at(-1) ?? first.issued];
};

/** The columns that documents of every class have. The document id is text, the class's own id a number. */
const commonRow = (world: World, id: number, documentClass: string, created: string, modified: string) => ({
  documentid: String(id),
  [`${documentClass.toLowerCase()}id`]: id,
  documentclass: documentClass,
  documentsource: 'INTERFACE',
  status: 'REVIEW',
  createddate: wireStampDay(world, created),
  createddatetime: isoStamp(world, created),
  lastmodifieddatetime: isoStamp(world, modified),
});

/** A laboratory report, which is a document too. */
const reportRow = (world: World, patient: Patient, report: Report): Row => ({
  ...commonRow(world, report.id, 'LABRESULT', ...issuedOf(report)),
  documentdescription: report.first.reportName,
  departmentid: textId(patient.locationId),
});

/** `ADMIN_CONSENT` as `admin - consent`. [public: dotnet] */
const describe = (subclass: string): string => subclass.toLowerCase().replace('_', ' - ').replaceAll('_', ' ');

/** A document that was handed in, with the note of who did. [assumption for the note's column] */
const savedRow = (world: World, { id, type, title, savedAt }: Document): Row => {
  const extra = world.extras.document(id);
  return {
    ...commonRow(world, documentNumber(id), extra?.documentClass ?? 'CLINICALDOCUMENT', savedAt, savedAt),
    documentsubclass: type,
    documentdescription: describe(type),
    departmentid: textId(extra?.departmentId),
    internalnote: title,
  };
};

interface Listed {
  readonly row: Row;
  readonly created: string;
}

const listed = (world: World, patient: Patient): readonly Listed[] => [
  ...reportsOf(world, patient).map((report) => ({
    row: reportRow(world, patient, report),
    created: issuedOf(report)[0],
  })),
  ...world.practice.documents
    .filter(({ patientId }) => patientId === patient.id)
    .map((document) => ({ row: savedRow(world, document), created: document.savedAt })),
];

const among = ({ sent }: Call, name: string): ((row: Row) => boolean) => {
  const asked = new Set(sent.texts(name).map((word) => word.toUpperCase()));
  return (row) => asked.size === 0 || asked.has(String(row[name]));
};

/** This list tells no total. [public: dotnet] */
export const documents = (call: Call, patient: Patient): unknown => {
  const { world } = call;
  const inDays = isInDays(call);
  const asked = ['documentclass', 'documentsubclass', 'status'].map((name) => among(call, name));
  const rows = listed(world, patient)
    .filter(({ row, created }) => inDays(world.stampDay(created)) && asked.every((test) => test(row)))
    .map(({ row }) => row);
  const { totalcount: _, ...body } = page(call, 'documents', rows, (row) => row, LONG_LISTS);
  return body;
};

const labDocument = ({ world, id }: Call) => {
  const patient = world.patient(id('patientid'));
  if (patient === undefined) throw notFound('patient');
  const report = reportsOf(world, patient).find((one) => one.id === id('labresultid'));
  if (report === undefined) throw notFound('document');
  const { documentid: _, documentdescription: description, ...row } = reportRow(world, patient, report);
  return [
    {
      ...row,
      description,
      patientid: patient.id,
      observations: report.results
        .flatMap((result) => analyteRows(world, result, false))
        .map(({ analytename, loinc, value, units }) => ({ analytename, loinc, value, units })),
      pages: [],
    },
  ];
};

/** A document that was handed in, by its own class. [assumption: like a laboratory document, without its pages] */
const savedDocument =
  (documentClass: string) =>
  (call: Call): unknown => {
    const { world, id } = call;
    const patient = world.patient(id('patientid'));
    if (patient === undefined) throw notFound('patient');
    const found = world.practice.documents.find(
      (one) =>
        one.patientId === patient.id &&
        documentNumber(one.id) === id('documentid') &&
        world.extras.document(one.id)?.documentClass === documentClass,
    );
    if (found === undefined) throw notFound('document');
    const { documentid: _, documentdescription: description, ...row } = savedRow(world, found);
    return [{ ...row, description, patientid: patient.id }];
  };

export const documentRoutes: readonly Route[] = [
  { method: 'GET', path: '/patients/{patientid}/documents', handle: (call) => documents(call, chartPatient(call)) },
  { method: 'GET', path: '/patients/{patientid}/documents/labresult/{labresultid}', handle: labDocument },
  ...['ADMIN', 'CLINICALDOCUMENT', 'MEDICALRECORD'].map(
    (name): Route => ({
      method: 'GET',
      path: `/patients/{patientid}/documents/${name.toLowerCase()}/{documentid}`,
      handle: savedDocument(name),
    }),
  ),
];
