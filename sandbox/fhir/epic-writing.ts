import type { Observation } from '@medplum/fhirtypes';
import { Refused } from './faults.ts';
import { MOVES, needCategory, type Writing } from './writing.ts';

/** Vitals for which customers usually have a flowsheet row; which those are is each customer's build (assumption). */
const ROWS: ReadonlySet<string> = new Set([
  '85354-9',
  '8480-6',
  '8462-4',
  '8867-4',
  '9279-1',
  '8310-5',
  '29463-7',
  '8302-2',
  '39156-5',
  '2708-6',
  '59408-5',
]);

const isObservation = (resource: { readonly resourceType: string }): resource is Observation =>
  resource.resourceType === 'Observation';

/**
 * What Epic's R4 server lets be written (CapabilityStatement of May 2026): no appointments, which are booked by
 * operations of its STU3 server, and no changes of patients. A result becomes a flowsheet row and needs one that is
 * mapped (59187); one that is there already is refused (59141).
 */
export const EPIC_WRITING: Writing = {
  types: { Patient: ['create'], Observation: ['create', 'update'], DocumentReference: ['create'] },
  conditionalCreate: false,
  ifMatch: 'optional',
  stale: 'version-differs',
  absent: 'not-found',
  // 201 with Location and no body unless asked for (assumption)
  body: 'minimal',
  moves: MOVES,
  timeBySlot: false,
  slotFaults: { taken: 'time-taken', takenByMove: 'time-taken', unknown: 'reference' },
  checkNew: (resource) => {
    if (!isObservation(resource)) return;
    needCategory(resource);
    if (!resource.code.coding?.some(({ code = '' }) => ROWS.has(code))) throw new Refused('not-mapped');
  },
  refuseDuplicates: true,
};
