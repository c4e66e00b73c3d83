import { z } from 'zod';
import { type FieldIssueDetail, GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Writer } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { planned } from '../mapping/form.ts';
import { PATIENT_PATHS } from '../mapping/patient-form.ts';
import { CheckInSectionPayload } from '../payload/schedule.ts';
import { known } from './current.ts';

const CHECK_IN = '/appointments/{id}/checkin';
const FIELD = /^\w{1,40}$/;

/** Nothing of athenaNet's has a place for why somebody was checked in. */
const UNKEPT: FieldIssueDetail = {
  path: ['reason'],
  rule: 'kept',
  message: 'athenahealth keeps no reason of a check-in.',
};

/** Checks a patient in, in one step: athenaNet does not want the check-in to be started before. */
export const checkIn = (practice: Practice): Writer<'checkInAppointment'> => ({
  plan: ({ key }) => {
    known(key);
    return [planned(`POST ${CHECK_IN}`)];
  },
  send: async ({ key, reason }, { call }) => {
    try {
      await practice.client.write({ method: 'POST', route: CHECK_IN, ids: [key] }, z.unknown(), call);
    } catch (thrown) {
      throw await withRequirements(thrown, practice, key, call);
    }
    return { key, ...(reason === undefined ? {} : { warnings: [UNKEPT] }) };
  },
});

/** A refusal with the fields of the patient that the department wants before a check-in and does not have. */
const withRequirements = async (thrown: unknown, practice: Practice, key: string, call: Call): Promise<unknown> => {
  if (!(thrown instanceof GraphError) || thrown.code !== 'VENDOR_REJECTED') return thrown;
  const read = { name: `GET ${CHECK_IN}`, path: `/appointments/${key}/checkin` };
  const sections = await practice.client.bare(read, CheckInSectionPayload, call).catch(() => []);
  const lacking = sections.flatMap(({ fields }) => fields).filter(({ valid }) => valid === false);
  const issues = lacking.flatMap(({ field = '' }): readonly FieldIssueDetail[] =>
    FIELD.test(field)
      ? [{ path: PATIENT_PATHS[field] ?? [field], rule: 'required', message: 'Required before a check-in.' }]
      : [],
  );
  return issues.length === 0
    ? thrown
    : new GraphError('VENDOR_REJECTED', {
        source: practice.source.id,
        message: 'athenahealth requires more of the patient before the check-in.',
        issues,
      });
};
