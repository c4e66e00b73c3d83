import type { Call } from '../../../upstream/call.ts';
import type { ActionName } from '../actions.ts';
import type { Table } from '../payload.ts';

/** One of the ways in which a Unity service is spoken to. */
export interface Transport {
  /** Whether this dialect has the action at all. */
  offers(action: ActionName): boolean;
  /**
   * Runs one action. One that saves is sent once; refused for an ended session it did not run, and is sent again.
   * @throws GraphError; UnityRefusal where Unity itself refused.
   */
  run(action: ActionName, values: Readonly<Record<string, string>>, call: Call): Promise<readonly Table[]>;
  close(): Promise<void>;
}
