import { z } from 'zod';
import { Flag, Id, Reference, rows, Text } from './scalars.ts';

const Payer = z.object({
  status: Text,
  primarypatientinsuranceid: Reference,
  secondarypatientinsuranceid: Reference,
});

export const ClaimPayload = z.object({
  claimid: Id,
  patientid: Reference,
  departmentid: Reference,
  billedproviderid: Reference,
  appointmentid: Reference,
  billedservicedate: Text,
  claimcreateddate: Text,
  chargeamount: Text,
  procedures: rows(
    z.object({
      procedurecode: Text,
      proceduredescription: Text,
      chargeamount: Text,
      units: Text,
      icd10code1: Text,
      icd10code2: Text,
      icd10code3: Text,
      icd10code4: Text,
    }),
  ),
  diagnoses: rows(
    z.object({
      diagnosisrawcode: Text,
      diagnosiscodeset: Text,
      diagnosisdescription: Text,
      deleteddiagnosis: Flag,
    }),
  ),
  primaryinsurancepayer: Payer.nullish(),
  secondaryinsurancepayer: Payer.nullish(),
  patientpayer: Payer.nullish(),
});
export type ClaimPayload = z.output<typeof ClaimPayload>;

export const ClaimTransactionPayload = z.object({ type: Text, amount: Text });
export type ClaimTransactionPayload = z.output<typeof ClaimTransactionPayload>;
