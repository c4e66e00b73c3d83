import type { Feed } from '../../vendor/changes/feed.ts';
import type { Claims } from '../connector/claims.ts';
import type { Observations } from '../connector/observations.ts';
import type { Practice } from '../connector/practice.ts';
import { toldAppointments } from './appointments.ts';
import { toldClaims } from './claims.ts';
import { toldPatients } from './patients.ts';
import { Queue } from './queue.ts';
import { toldResults } from './results.ts';

/** How a practice tells what changed: by one list for each type. Of vital signs nothing is told. */
export const feedsOf = (practice: Practice, observations: Observations, claims: Claims): readonly Feed[] => [
  new Queue(practice, toldAppointments(practice)),
  new Queue(practice, toldPatients(practice)),
  new Queue(practice, toldResults(practice, observations)),
  new Queue(practice, toldClaims(practice, claims)),
];
