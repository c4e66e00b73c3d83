import type { Mapped } from '../../../schema/records.ts';
import { versionOf } from '../version.ts';
import { refusedTransition } from './transitions.ts';
import { Refused, type Work } from './work.ts';

/** A patient writes only for themselves. */
export const checkCaller = (work: Work): void => {
  const { callerPatient } = work.write;
  const { patient } = work;
  if (callerPatient === undefined) return;
  if (patient === undefined || work.id('Patient', patient) !== callerPatient) throw new Refused({ code: 'FORBIDDEN' });
};

export const checkVersion = (work: Work): void => {
  const { command, current, recordType } = work;
  if (current === undefined || recordType === undefined || !('ifVersion' in command.input)) return;
  const version = versionOf(recordType, current);
  if (command.input.ifVersion === undefined || command.input.ifVersion === version) return;
  throw new Refused({ code: 'VERSION_CONFLICT', ...(version === undefined ? {} : { currentVersion: version }) });
};

export const checkTransition = (work: Work): void => {
  if (work.type !== 'Appointment' || work.current === undefined) return;
  const { status } = work.current.record as Mapped<'Appointment'>;
  const allowed = refusedTransition(work.command.kind, status, work.connector.writers);
  if (allowed !== undefined) throw new Refused({ code: 'ILLEGAL_TRANSITION', from: status, allowed });
};

/** @throws Refused FORBIDDEN where nothing is written any more */
export const checkOn = (work: Work): void => {
  if (work.options.source.settings.writes === 'off')
    throw new Refused({ code: 'FORBIDDEN', message: 'Writes are off for this source.' });
};
