import { z } from 'zod';
import { Flag, Id, Reference, Text } from './scalars.ts';

export const ProviderPayload = z.object({
  providerid: Id,
  firstname: Text,
  lastname: Text,
  displayname: Text,
  npi: Text,
  providertype: Text,
  providertypeid: Text,
  specialty: Text,
  acceptingnewpatients: Flag,
  billable: Flag,
});
export type ProviderPayload = z.output<typeof ProviderPayload>;

export const DepartmentPayload = z.object({
  departmentid: Id,
  name: Text,
  patientdepartmentname: Text,
  timezonename: Text,
  address: Text,
  address2: Text,
  city: Text,
  state: Text,
  zip: Text,
  phone: Text,
  fax: Text,
  providergroupname: Text,
  chartsharinggroupid: Reference,
});
export type DepartmentPayload = z.output<typeof DepartmentPayload>;
