import { z } from 'zod';
import { Id, Reference, rows, Text } from './scalars.ts';

export const VitalReadingPayload = z.object({
  clinicalelementid: z.string().min(1),
  vitalid: Id,
  value: Text,
  unit: Text,
  code: Text,
  codeset: Text,
  codedescription: Text,
  readingtaken: Text,
  createddate: Text,
  source: Text,
  sourceid: Reference,
});
export type VitalReadingPayload = z.output<typeof VitalReadingPayload>;

/** `readings` is a list of lists: what was measured together. */
export const VitalPayload = z.object({
  key: z.string().min(1),
  abbreviation: Text,
  readings: z.array(z.array(VitalReadingPayload)).nullish(),
});
export type VitalPayload = z.output<typeof VitalPayload>;

export const AnalytePayload = z.object({
  analyteid: Id,
  analytename: Text,
  loinc: Text,
  description: Text,
  value: Text,
  units: Text,
  referencerange: Text,
  abnormalflag: Text,
  abnormalhl7code: Text,
  resultstatus: Text,
  analytedate: Text,
  analytedatetime: Text,
  note: Text,
});
export type AnalytePayload = z.output<typeof AnalytePayload>;

export const LabResultPayload = z.object({
  labresultid: Id,
  description: Text,
  labresultloinc: Text,
  labresultdate: Text,
  labresultdatetime: Text,
  labresultnote: Text,
  resultstatus: Text,
  orderid: Reference,
  exactduplicatedocumentid: Reference,
  analytes: rows(AnalytePayload),
});
export type LabResultPayload = z.output<typeof LabResultPayload>;

export const DocumentPayload = z.object({ documentid: Id, documentsubclass: Text, internalnote: Text });
