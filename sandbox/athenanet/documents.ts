import type { Patient } from '../practice.ts';
import { chartPatient, isInDays } from './chart.ts';
import { analyteRows, type Report, reportsOf } from './labs.ts';
import { LONG_LISTS, page } from './paging.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import { textId, type World, wireStampDay } from './world.ts';

/** `2025-11-13T09:19:09-05:00` in the zone of the stamps. */
const isoStamp = ({ clock, setting }: World, instant: string): string => {
  const { date, time } = clock.local(instant, setting.stampZone);
  const minutes = Math.round(clock.offset(Date.parse(instant), setting.stampZone) * 60);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const away = Math.abs(minutes);
  return `${date}T${time}${minutes < 0 ? '-' : '+'}${two(away / 60)}:${two(away % 60)}`;
};

const issuedOf = ({ results, first }: Report): readonly [created: string, modified: string] => {
  const all = results.flatMap(({ issued, history }) => [issued, ...history.map((one) => one.issued)]);
  const sorted = all.toSorted((one, other) => Date.parse(one) - Date.parse(other));
  return [sorted[0] ?? first.issued, sorted.at(-1) ?? first.issued];
};

/** The only documents of a Practice are its laboratory reports. The document id is text, the class's own id a number. */
const documentRow = (world: World, patient: Patient, report: Report) => {
  const [created, modified] = issuedOf(report);
  return {
    documentid: String(report.id),
    labresultid: report.id,
    documentclass: 'LABRESULT',
    documentdescription: report.first.reportName,
    documentsource: 'INTERFACE',
    status: 'REVIEW',
    departmentid: textId(patient.locationId),
    createddate: wireStampDay(world, created),
    createddatetime: isoStamp(world, created),
    lastmodifieddatetime: isoStamp(world, modified),
  };
};

/** This list tells no total. [public: dotnet] */
export const documents = (call: Call, patient: Patient): unknown => {
  const { world, sent } = call;
  const inDays = isInDays(call);
  const classes = new Set(sent.texts('documentclass').map((name) => name.toUpperCase()));
  const rows =
    classes.size === 0 || classes.has('LABRESULT')
      ? reportsOf(world, patient).filter((report) => inDays(world.stampDay(issuedOf(report)[0])))
      : [];
  const { totalcount: _, ...body } = page(
    call,
    'documents',
    rows,
    (report) => documentRow(world, patient, report),
    LONG_LISTS,
  );
  return body;
};

const labDocument = ({ world, id }: Call) => {
  const patient = world.patient(id('patientid'));
  if (patient === undefined) throw notFound('patient');
  const report = reportsOf(world, patient).find((one) => one.id === id('labresultid'));
  if (report === undefined) throw notFound('document');
  const { documentid: _, documentdescription: description, ...row } = documentRow(world, patient, report);
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

export const documentRoutes: readonly Route[] = [
  { method: 'GET', path: '/patients/{patientid}/documents', handle: (call) => documents(call, chartPatient(call)) },
  { method: 'GET', path: '/patients/{patientid}/documents/labresult/{labresultid}', handle: labDocument },
];
