import { registerEnumType } from 'type-graphql';
import { members } from './enums.ts';
import type { RecordType } from './ids.ts';

export const ChangeCause = members('WRITE', 'WEBHOOK', 'POLL', 'HL7', 'FILE');
export type ChangeCause = keyof typeof ChangeCause;

export const ChangeKind = members('CREATED', 'UPDATED', 'DELETED');
export type ChangeKind = keyof typeof ChangeKind;

registerEnumType(ChangeCause, {
  name: 'ChangeCause',
  description: 'How the change was noticed. WRITE: it was made through this graph.',
});
registerEnumType(ChangeKind, { name: 'ChangeKind', description: 'What happened to the record.' });

/** Types whose changes are told. */
export type ChangedType = Extract<RecordType, 'Patient' | 'Appointment' | 'Observation' | 'Claim'>;
