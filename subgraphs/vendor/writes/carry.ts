import type { Commands, PlannedCall, Refusal, WriteOutcome } from '../../../schema/commands.ts';
import type { ErrorCode } from '../../../schema/enums.ts';
import { type FieldIssueDetail, type GraphError, toGraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import { StoreError } from '../../../store/error.ts';
import { ClaimLost, patientLane, type Settlement } from '../../../store/journal.ts';
import { checkCaller, checkOn, checkTransition, checkVersion } from './checks.ts';
import { look } from './look.ts';
import { likelySame } from './people.ts';
import { readBack } from './read-back.ts';
import { tell } from './tell.ts';
import { prepared, taken } from './visits.ts';
import { asking, type Ending, Refused, type Work } from './work.ts';
import type { Sending, Sent } from './writer.ts';

/** Failures that say nothing of the write itself: if nothing left, it can wait. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'SOURCE_UNAVAILABLE',
  'TIMEOUT',
  'RATE_LIMITED',
  'BAD_VENDOR_ANSWER',
  // people mend credentials; what was asked for stays right
  'UNAUTHENTICATED_AT_VENDOR',
]);
/** After these, the vendor may have done what was asked. */
const UNSURE: ReadonlySet<ErrorCode> = new Set(['SOURCE_UNAVAILABLE', 'TIMEOUT', 'BAD_VENDOR_ANSWER']);
/** Who may not see a record at the vendor is the source's credentials, not the client. */
const ITS_OWN: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = { FORBIDDEN: 'VENDOR_REJECTED' };

const settle = (settlement: Settlement): Ending => ({ kind: 'settle', settlement });

const planned = (calls: readonly PlannedCall[]): Ending =>
  settle({ state: 'DISCARDED', outcome: { kind: 'planned', calls } });

const refused = (work: Work, refusal: Refusal): Ending => {
  const { target } = refusal;
  return settle({
    state: 'REJECTED',
    outcome: { kind: 'refused', ...refusal },
    ...(target === undefined ? {} : { target: work.id(target.type, target.key) }),
  });
};

const doubt = (reason: string, candidates: readonly string[] = []): Ending =>
  settle({
    state: 'IN_DOUBT',
    outcome: { kind: 'doubt', reason, ...(candidates.length === 0 ? {} : { candidates }) },
  });

const TOO_LONG = 'The answer was lost, and the vendor could not be asked for too long.';
const UNASKED = 'The answer was lost, and the vendor refuses to be asked what became of it.';
const CHANGED = 'The answer was lost, and the record has changed since: by this write, or by somebody else.';

const refusalOf = ({ code, message, issues, vendorCode, candidates }: GraphError): Refusal => ({
  code: ITS_OWN[code] ?? code,
  message,
  ...(issues === undefined ? {} : { issues }),
  ...(vendorCode === undefined ? {} : { vendorCode }),
  ...(candidates === undefined ? {} : { candidates }),
});

/** The longer it has been waiting, the longer the next pause: half its age, within bounds. */
const pause = ({ options: { times, write } }: Work, at: number, afterMs: number): number =>
  Math.max(afterMs, Math.min(Math.max((at - Date.parse(write.submittedAt)) / 2, times.pauseMs), times.longestPauseMs));

/** Not now: later, unless it has been too long. */
const later = async (work: Work, error: GraphError): Promise<Ending> => {
  const { mayBeThere: mayHaveLeft } = work;
  const now = work.now();
  if (await work.failsTooLong())
    return mayHaveLeft ? doubt(TOO_LONG) : settle({ state: 'DEAD', outcome: { kind: 'refused', ...refusalOf(error) } });
  return { kind: 'later', until: now + pause(work, now, (error.retryAfterSeconds ?? 0) * 1000), mayHaveLeft };
};

/** From when on what is not at the vendor is taken for never written. */
const believedFrom = (work: Work): number =>
  Math.max(Number(work.progress.believedFrom ?? 0), (work.write.leftAt ?? 0) + work.options.times.settleMs);

/** What a look shows, as an ending; nothing when it is sure that the vendor does not have it. */
const seen = async (work: Work): Promise<Ending | undefined> => {
  const sighting = await look(work);
  if (sighting.kind === 'found') return confirmed(work, { key: sighting.key });
  const isUnclear = sighting.kind === 'unclear';
  const until = believedFrom(work);
  if (work.now() < until && !(isUnclear && work.write.forced)) return { kind: 'later', until, mayHaveLeft: true };
  if (isUnclear && !work.write.forced) return doubt(sighting.reason, sighting.candidates);
  work.mayBeThere = false;
  return undefined;
};

const outcomeOf = (work: Work, key: string, warnings: readonly FieldIssueDetail[]): WriteOutcome => ({
  kind: 'saved',
  type: work.type,
  key,
  ...(warnings.length === 0 ? {} : { warnings }),
});

const NOT_READ: FieldIssueDetail = {
  path: [],
  rule: 'read-back',
  message: 'The vendor confirmed the write, but its record could not be read back.',
};

/** The key under which the vendor has the record that was meant, when its answer named another one. */
const lookedUp = async (work: Work): Promise<string | undefined> => {
  try {
    const sighting = await look(work);
    return sighting.kind === 'found' ? sighting.key : undefined;
  } catch {
    return undefined; // the difference is told as it stands
  }
};

/** The vendor has it: what it has is compared with what was meant. */
const confirmed = async (work: Work, { key, existing = false, warnings = [] }: Sent): Promise<Ending> => {
  const { recordType, subject } = work;
  if (recordType === undefined) return settle({ state: 'CONFIRMED', outcome: outcomeOf(work, key, warnings) });
  const target = work.id(recordType, key);
  if (existing) return settle({ state: 'CONFIRMED', outcome: outcomeOf(work, key, warnings) });
  const found = await readBack(work, recordType, key);
  if (found === undefined)
    return settle({ state: 'CONFIRMED', target, outcome: outcomeOf(work, key, [...warnings, NOT_READ]) });
  const { essential, minor } = found;
  await tell(work, recordType, found);
  if (essential.length === 0)
    return settle({ state: 'CONFIRMED', target, outcome: outcomeOf(work, key, [...warnings, ...minor]) });
  const other = subject === undefined ? await lookedUp(work) : undefined;
  if (other !== undefined && other !== key) return confirmed(work, { key: other, warnings });
  return refused(work, {
    code: 'VENDOR_REJECTED',
    message: 'The vendor saved something other than was meant.',
    issues: [...essential, ...minor],
    target: { type: recordType, key },
  });
};

/** Reads the record that the command names, and moves the write to its patient's lane. False: it must wait there. */
const takeUp = async (work: Work): Promise<boolean> => {
  await work.readSubject();
  const { patient, subject, write } = work;
  if (subject === undefined) return true;
  const lane = patient === undefined ? write.lane : patientLane(patient);
  return lane === write.lane || work.options.journal.relane(write.id, write.worker, lane);
};

/** A vendor that refuses a change for the appointment's state knows more than what it shows of it. */
const standingOf = (work: Work, { code }: GraphError): Pick<Refusal, 'from' | 'allowed'> =>
  code === 'ILLEGAL_TRANSITION' && work.type === 'Appointment' && work.current !== undefined
    ? { from: (work.current.record as Mapped<'Appointment'>).status, allowed: [] }
    : {};

/** Who is likely the same person already; noted, so that a later look knows who was there before. */
const checkPeople = async (work: Work): Promise<Ending | undefined> => {
  if (work.command.kind !== 'createPatient') return undefined;
  const { patient, onDuplicate } = work.command.input;
  // who was registered at the practice's desk a moment ago counts too
  await work.changed('Patient', '', undefined);
  const same = (await likelySame(work, patient)).records.map(({ key }) => key);
  const [only, ...more] = same;
  if (only !== undefined && onDuplicate === 'RETURN_EXISTING' && more.length === 0)
    return confirmed(work, { key: only, existing: true });
  if (only !== undefined && onDuplicate !== 'CREATE_ANYWAY')
    throw new Refused({ code: 'POSSIBLE_DUPLICATE', candidates: same });
  if (same.length > 0) await work.keep({ before: same.map(encodeURIComponent).join(' ') });
  return undefined;
};

const prepare = async (work: Work): Promise<void> => {
  const { kind } = work.command;
  if (kind === 'bookAppointment' || kind === 'rescheduleAppointment')
    work.sent = await prepared(work, work.command.input as Commands['bookAppointment']);
};

/** The request broke off: what of it arrived is looked up at once, and again when the vendor must be done with it. */
const afterLoss = async (work: Work, error: GraphError): Promise<Ending> => {
  const { times, source } = work.options;
  const patience = error.code === 'TIMEOUT' ? Math.max(times.settleMs, source.settings.timeoutMs) : times.settleMs;
  await work.keep({ believedFrom: String(work.now() + patience) });
  return (await seen(work)) ?? { kind: 'later', until: believedFrom(work), mayHaveLeft: true };
};

const send = async (work: Work): Promise<Ending> => {
  const sending: Sending = {
    id: work.write.id,
    call: work.call(),
    progress: work.progress,
    keep: (progress) => work.keep(progress),
    ...(work.current === undefined ? {} : { current: work.current }),
  };
  let sent: Sent;
  try {
    sent = await asking(() => work.writer.send(work.sent as never, sending));
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown;
    const error = toGraphError(thrown, 'BAD_VENDOR_ANSWER');
    // whatever passes after the vendor has taken a request says nothing of that request
    const isUnsure = UNSURE.has(error.code) || (PASSING.has(error.code) && work.isTaken);
    if (work.departed > 0 && isUnsure) return afterLoss(work, error);
    if (PASSING.has(error.code)) {
      work.mayBeThere = false;
      return later(work, error);
    }
    // a refusal of what is sent again may be the vendor's word that it has it already
    if (work.write.leftAt !== undefined) {
      const sighting = await look(work);
      if (sighting.kind === 'found') return confirmed(work, { key: sighting.key });
      if (sighting.kind === 'unclear' && !work.write.forced) return doubt(sighting.reason, sighting.candidates);
    }
    work.mayBeThere = false;
    if (error.code === 'SLOT_TAKEN') throw await taken(work, work.sent as Commands['bookAppointment']);
    throw new Refused({ ...refusalOf(error), ...standingOf(work, error) });
  }
  return confirmed(work, sent);
};

/** @throws GraphError VALIDATION for what the vendor's form cannot carry; whatever else fails here would fail again */
const planOf = (work: Work): readonly PlannedCall[] => {
  try {
    return work.writer.plan(work.sent as never);
  } catch (thrown) {
    throw thrown instanceof Refused ? thrown : toGraphError(thrown, 'VENDOR_REJECTED', work.options.source.id);
  }
};

/** @throws Refused when the record is not the one any more, or not in the state, that the change is meant for */
const checkSubject = (work: Work): Ending | undefined => {
  try {
    checkVersion(work);
    checkTransition(work);
    return undefined;
  } catch (thrown) {
    const { leftAt, forced } = work.write;
    if (leftAt === undefined || forced) throw thrown;
    return doubt(CHANGED);
  }
};

const attempt = async (work: Work): Promise<Ending | 'waits'> => {
  // what may have arrived is looked up, whatever would be said of it now
  const isNew = work.write.leftAt === undefined;
  const calls = isNew ? planOf(work) : [];
  if (work.write.dryRun) return planned(calls);
  if (isNew) checkOn(work);
  if (!(await takeUp(work))) return 'waits';
  checkCaller(work);
  await prepare(work);
  const there = isNew ? undefined : await seen(work);
  if (there !== undefined) return there;
  checkOn(work);
  const ending = checkSubject(work) ?? (await checkPeople(work));
  if (ending !== undefined) return ending;
  return work.options.source.settings.writes === 'shadow' ? planned(planOf(work)) : send(work);
};

/**
 * Carries a claimed write one attempt further. It never sends what may have arrived, and never takes for refused what may
 * have. `waits`: it was let go, to wait for others of its patient.
 * @throws whatever the journal throws: then nothing is known to be written down, and the claim ends by itself
 */
export const carry = async (work: Work): Promise<Ending | 'waits'> => {
  try {
    return await attempt(work);
  } catch (thrown) {
    if (thrown instanceof StoreError || thrown instanceof ClaimLost) throw thrown;
    const isSure = !work.mayBeThere || work.write.forced;
    if (thrown instanceof Refused) return isSure ? refused(work, thrown.refusal) : doubt(UNASKED);
    // what nobody knows may pass, and is given up if it does not
    const error = toGraphError(thrown, 'BAD_VENDOR_ANSWER');
    if (PASSING.has(error.code)) return later(work, error);
    return isSure ? refused(work, refusalOf(error)) : doubt(UNASKED);
  } finally {
    await work.noted();
  }
};
