import type { ChangedType } from '../../../schema/changes.ts';

/** What a server says of when its records changed. */
export interface ChangeRules {
  /** Types of which everybody's records are found by when they last changed (`_lastUpdated`). */
  readonly types: readonly ChangedType[];
  /** Lists are in that order when asked for it (`_sort=_lastUpdated`). */
  readonly sorted: boolean;
  /** Every version has an id of its own (`versionId`); a server without versions may give any. */
  readonly versions: boolean;
  /** Said to an operator of the other types. */
  readonly why: string;
}

const never = (why: string): ChangeRules => ({ types: [], sorted: false, versions: false, why });

export const CHANGES = {
  GENERIC: {
    types: ['Patient', 'Appointment', 'Observation', 'Claim'],
    sorted: true,
    versions: true,
    why: 'FHIR R4 tells of all of them.',
  },
  EPIC: never('Epic finds only documents by when they changed.'),
  CERNER: never('Oracle finds observations by when they changed for one patient at a time, and none of the others.'),
  MEDITECH: never('MEDITECH does not search by when something changed.'),
  ECLINICALWORKS: never(
    'eClinicalWorks declares only a `_since` of its own, for observations, whose meaning is not public.',
  ),
  NEXTGEN: { types: ['Patient', 'Observation'], sorted: false, versions: false, why: 'NextGen does not offer this.' },
  PRACTICE_FUSION: never('Practice Fusion does not search by when something changed.'),
} as const satisfies Readonly<Record<string, ChangeRules>>;
