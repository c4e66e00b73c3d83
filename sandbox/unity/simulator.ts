import { randomUUID } from 'node:crypto';
import { Ledger } from '../ledger.ts';
import type { Practice } from '../practice.ts';
import type { Behaviour, Received, Reply } from '../server.ts';
import { STATUS_ACTIONS } from './appointment-status.ts';
import { AVAILABILITY_ACTIONS } from './availability.ts';
import { BOOKING_ACTIONS } from './booking.ts';
import { CHANGED_PATIENTS_ACTIONS } from './changed-patients.ts';
import { CLINICAL_ACTIONS } from './clinical.ts';
import { DICTIONARY_ACTIONS } from './dictionaries.ts';
import { DOCUMENT_ACTIONS } from './documents.ts';
import { jsonDoor } from './json.ts';
import type { Action, SignIn, System } from './magic.ts';
import { MONEY_ACTIONS } from './money.ts';
import { noticing } from './noticing.ts';
import { PATIENT_ACTIONS } from './patients.ts';
import { RESULT_ACTIONS } from './results.ts';
import { runRequestDoor } from './run-request.ts';
import { SAVE_APPOINTMENT_ACTIONS } from './save-appointment.ts';
import { SAVE_DOCUMENT_ACTIONS } from './save-document.ts';
import { SAVE_PATIENT_ACTIONS } from './save-patient.ts';
import { VITALS_ACTIONS } from './save-vitals.ts';
import { SCHEDULE_ACTIONS } from './schedule.ts';
import { SESSION_ACTIONS } from './session-actions.ts';
import { createSessions } from './sessions.ts';
import { soapDoor } from './soap.ts';
import { STAFF_ACTIONS } from './staff.ts';
import { openUploads } from './uploads.ts';
import type { Visit } from './visit.ts';
import { openWorld, type Product } from './world.ts';
import { windowsZone } from './zones.ts';

/** What opens the simulator. The EHR knows the practice's own people too, under their login names and the same password. */
export const UNITY_SIGN_IN = {
  appName: 'PracticeGraph.Sandbox',
  username: 'PracticeGraph-Service',
  password: 'sandbox-service-password',
  ehrUser: 'pgraph',
  ehrPassword: 'sandbox-ehr-password',
} as const satisfies SignIn;

export interface UnityOptions {
  readonly practice: Practice;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whose columns and dates are written. */
  readonly product?: Product;
  /** Names of the actions that the licence covers; all when absent. Signing in is always covered. */
  readonly licensed?: ReadonlySet<string>;
  /** Login names of EHR users who are locked. */
  readonly locked?: ReadonlySet<string>;
  readonly newToken?: () => string;
  /** Whether two visits may be booked at the same time of the same practitioner; false when absent. */
  readonly doubleBooking?: boolean;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [
    ...SESSION_ACTIONS,
    ...PATIENT_ACTIONS,
    ...CHANGED_PATIENTS_ACTIONS,
    ...SCHEDULE_ACTIONS,
    ...BOOKING_ACTIONS,
    ...AVAILABILITY_ACTIONS,
    ...STAFF_ACTIONS,
    ...CLINICAL_ACTIONS,
    ...RESULT_ACTIONS,
    ...MONEY_ACTIONS,
    ...DICTIONARY_ACTIONS,
    ...DOCUMENT_ACTIONS,
    ...SAVE_PATIENT_ACTIONS,
    ...SAVE_APPOINTMENT_ACTIONS,
    ...STATUS_ACTIONS,
    ...VITALS_ACTIONS,
    ...SAVE_DOCUMENT_ACTIONS,
  ].map((action) => [action.name.toLowerCase(), action]),
);

const lowerCase = (names: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...names].map((name) => name.toLowerCase()));

const NOT_FOUND: Reply = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<html><body><h1>Not Found</h1></body></html>',
};

/** The prefix is missing behind the hosted gateway; paths do not depend on case. */
const SERVICE = /^(?:\/unity)?\/unityservice\.svc(?:\/unityservice)?$/;
const JSON_ROUTE = /^(?:\/unity)?\/unityservice\.svc\/json\/(?<route>[a-z]+)$/;

const visitOf = (request: Received, system: System): Visit => {
  const path = request.path.toLowerCase().replace(/\/$/, '');
  if (SERVICE.test(path)) return soapDoor(request, system);
  if (path === '/unity/runrequest') return runRequestDoor(request, system);
  const route = JSON_ROUTE.exec(path)?.groups?.route;
  const json = route === undefined ? undefined : jsonDoor(request, route, system);
  return json ?? { name: `${request.method} ${request.path}`, answer: () => NOT_FOUND };
};

/**
 * Plays a Unity server over a practice: SOAP 1.1, the JSON flavour and the seed guide's dialect, reads and writes.
 * Throws when the practice's zone has no name on Windows, which is how Unity tells it.
 */
export const unitySimulator = (options: UnityOptions): Behaviour => {
  const { practice, now, doubleBooking = false } = options;
  windowsZone(practice.timeZone);
  const ledger = new Ledger({ practice, now, doubleBooking });
  const system: System = {
    world: openWorld(practice, options.product ?? 'touchworks', now),
    ledger,
    sessions: createSessions(now, options.newToken ?? randomUUID),
    uploads: openUploads(),
    signIn: UNITY_SIGN_IN,
    actions: ACTIONS,
    ...(options.licensed && { licensed: lowerCase(options.licensed) }),
    locked: lowerCase(options.locked ?? new Set()),
  };
  ledger.happenings.on(noticing(system.world));
  const visits = new WeakMap<Received, Visit>();
  const visit = (request: Received): Visit => {
    const known = visits.get(request) ?? visitOf(request, system);
    visits.set(request, known);
    return known;
  };
  return {
    name: 'unity',
    callName: (request) => visit(request).name,
    handle: (request) => visit(request).answer(),
    expireTokens: () => system.sessions.clear(),
    commits: ledger.commits,
    happenings: ledger.happenings,
    report: (draft) => ledger.report(draft),
  };
};
