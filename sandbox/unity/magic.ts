import type { Ledger } from '../ledger.ts';
import type { Table } from './dataset.ts';
import { type Local, parseLocal } from './local-time.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Uploads } from './uploads.ts';
import type { World } from './world.ts';

/** A call of the one generic operation, from whichever door it came. Absent values are empty text. */
export interface Call {
  readonly action: string;
  readonly userId: string;
  readonly appName: string;
  readonly patientId: string;
  readonly token: string;
  /** Parameter1 to Parameter6. */
  readonly parameters: readonly string[];
  /** Bytes as base64. */
  readonly data: string;
}

/** What an action works with. */
export interface Work {
  readonly call: Call;
  /** What the vendor calls it, door and action: `Magic SaveAppointment`. */
  readonly callName: string;
  readonly world: World;
  readonly system: System;
  readonly session?: Session;
  /** Parameter 1 to 6, without the blanks around it. */
  parameter(position: 1 | 2 | 3 | 4 | 5 | 6): string;
  /** Reads a date or time that the caller sent; refuses the call when it is none. Undefined when nothing was sent. */
  time(text: string): Local | undefined;
  /** The EHR user who calls. */
  readonly user: string;
}

export interface Action {
  readonly name: string;
  /** What a caller must have: the user bound to the token and named in the call unless stated otherwise. */
  readonly needs?: 'nothing' | 'token' | 'bound token';
  readonly run: (work: Work) => readonly Table[];
}

export interface SignIn {
  readonly appName: string;
  readonly username: string;
  readonly password: string;
  readonly ehrUser: string;
  readonly ehrPassword: string;
}

/** The server behind the three doors. */
export interface System {
  readonly world: World;
  /** Through which every write goes. */
  readonly ledger: Ledger;
  readonly sessions: Sessions;
  readonly uploads: Uploads;
  readonly signIn: SignIn;
  /** By name in lower case: actions are found in any case. */
  readonly actions: ReadonlyMap<string, Action>;
  /** Names in lower case; everything when absent. */
  readonly licensed?: ReadonlySet<string>;
  /** EHR users who are locked, in lower case. */
  readonly locked: ReadonlySet<string>;
}

/** A refusal that Unity words itself; anything else that is thrown is an internal error of the server. */
export class UnityRefusal extends Error {
  override readonly name = 'UnityRefusal';
}

export const WRONG_SERVICE_USER = 'Username and Password not valid for any licenses on this server';
const LOGGED_OUT = 'As a Security precaution, you have been logged out due to inactivity.';
const NOT_LICENSED = 'Error: Action is not valid for this license.';
const NOT_AUTHENTICATED = 'User must be authenticated before calling this action.';
const NO_DATE = 'String was not recognized as a valid DateTime.';

const refusal = (call: Call, text: string): UnityRefusal =>
  new UnityRefusal(`Magic Error - Action: ${call.action} - ${text}`);

/** What the vendor calls the action, whatever case the caller used. */
export const actionName = (system: System, action: string): string =>
  system.actions.get(action.toLowerCase())?.name ?? action;

const licensedAction = (system: System, call: Call): Action => {
  const name = call.action.toLowerCase();
  const action = system.actions.get(name);
  // What needs no user comes with every licence.
  const isFree = action?.needs === 'nothing' || action?.needs === 'token';
  const allowed = isFree || (system.licensed?.has(name) ?? true);
  if (!action || !allowed || call.appName !== system.signIn.appName) throw refusal(call, NOT_LICENSED);
  return action;
};

const isBound = (call: Call, action: Action, session: Session | undefined): boolean => {
  if (action.needs === 'nothing' || action.needs === 'token') return true;
  if (session?.user === undefined) return false;
  return action.needs === 'bound token' && call.userId === '' ? true : sameUser(call.userId, session.user);
};

/** Login names do not depend on case. */
export const sameUser = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether the EHR has that user: the interface's own, or somebody who works at the practice. */
export const isEhrUser = ({ signIn, world }: System, user: string): boolean =>
  sameUser(user, signIn.ehrUser) || world.practice.practitioners.some(({ username }) => sameUser(user, username));

const run = (system: System, call: Call, door: string, action: Action, session?: Session): readonly Table[] =>
  action.run({
    call,
    callName: `${door} ${action.name}`,
    system,
    world: system.world,
    ...(session && { session }),
    user: call.userId === '' ? (session?.user ?? '') : call.userId,
    parameter: (position) => (call.parameters[position - 1] ?? '').trim(),
    time: (text) => {
      if (text === '') return undefined;
      const local = parseLocal(text, system.world.local);
      if (local === undefined) throw refusal(call, NO_DATE);
      return local;
    },
  });

/** Checks token, licence and user in that order, then runs the action. Refuses in the vendor's words. */
export const perform = (system: System, call: Call): readonly Table[] => {
  const session = system.sessions.use(call.token);
  if (!session && system.actions.get(call.action.toLowerCase())?.needs !== 'nothing') throw refusal(call, LOGGED_OUT);
  const action = licensedAction(system, call);
  if (!isBound(call, action, session)) throw refusal(call, NOT_AUTHENTICATED);
  return run(system, call, 'Magic', action, session);
};

/** The same for a caller who shows the service's password in every call, and so needs no token. */
export const performSigned = (system: System, call: Call): readonly Table[] => {
  const action = licensedAction(system, call);
  if (!isEhrUser(system, call.userId)) throw refusal(call, NOT_AUTHENTICATED);
  return run(system, call, 'RunRequest', action);
};
