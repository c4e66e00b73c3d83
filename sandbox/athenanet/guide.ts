import type { Patient } from '../practice.ts';
import { documents } from './documents.ts';
import { encounters } from './encounters.ts';
import { analytes, labResults } from './labs.ts';
import { badFormat, notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import { vitals } from './vitals.ts';

/** The parts of a chart by the guide's `documenttype`; the names are the platform's. [assumption] */
const PARTS: Readonly<Record<string, (call: Call, patient: Patient) => unknown>> = {
  vitals,
  labresults: labResults,
  analytes,
  encounters,
};

const patientOf = ({ world, sent }: Call): Patient => {
  const patient = world.patient(sent.id('patientid') ?? Number.NaN);
  if (patient === undefined) throw notFound('patient');
  return patient;
};

/** The guide names no department for a chart, so none is asked for. */
const chart = (call: Call) => {
  call.sent.require('patientid', 'documenttype');
  const type = call.sent.text('documenttype')?.toLowerCase() ?? '';
  const part = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
  if (part === undefined) throw badFormat('document type', type);
  return part(call, patientOf(call));
};

const documentsOf = (call: Call) => {
  call.sent.require('patientid');
  return documents(call, patientOf(call));
};

/**
 * What the guide's table of endpoints names and the platform has no path for. Only paths and parameters are the
 * guide's; that a GET reads what the platform's longer paths read is [assumption].
 */
export const guideRoutes: readonly Route[] = [
  { method: 'GET', path: '/chart', guideOnly: true, handle: chart },
  { method: 'GET', path: '/documents', guideOnly: true, handle: documentsOf },
];
