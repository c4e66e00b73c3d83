import type { Writers } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { appointmentWriters } from './appointments.ts';
import { claimWriters } from './claims.ts';
import { documentWriters } from './documents.ts';
import { observationWriters } from './observations.ts';
import { patientWriters } from './patients.ts';

/** What can be written at a practice; `capabilities.ts` says the same. */
export const writersOf = (practice: Practice): Writers => ({
  ...patientWriters(practice),
  ...appointmentWriters(practice),
  ...observationWriters(practice),
  ...claimWriters(practice),
  ...documentWriters(practice),
});
