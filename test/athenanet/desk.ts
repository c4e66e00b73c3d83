import { onTestFinished } from 'vitest';
import { NOW, practiceOf } from '../../sandbox/athenanet/fixture.ts';
import {
  ATHENANET_PRACTICE_ID,
  ATHENANET_SIGN_IN,
  type AthenanetOptions,
  athenanetSimulator,
} from '../../sandbox/athenanet/simulator.ts';
import type { Commit } from '../../sandbox/ledger.ts';
import { listen, type Received, type Simulator } from '../../sandbox/server.ts';
import type { CommandKind, Commands } from '../../schema/commands.ts';
import { GraphError } from '../../schema/errors.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import { type Bed, connect, found, signedIn } from '../../subgraphs/athenanet/testbed.ts';
import type { Connector, Found, Wanted } from '../../subgraphs/vendor/connector.ts';
import type { Sending, Sent, Sighting, WriteCall, Writer } from '../../subgraphs/vendor/writes/writer.ts';
import type { SourceSettings } from '../../upstream/source.ts';

/** One write of a test: its attempts share what they keep. */
export interface Attempts<K extends CommandKind> {
  readonly writer: Writer<K>;
  /** What was kept so far. */
  progress(): Readonly<Record<string, string>>;
  send(current?: Found<RecordType>): Promise<Sent>;
  find(): Promise<Sighting>;
}

/** A practice at the sandbox's athenaNet that can be written to. */
export interface Desk {
  readonly bed: Bed;
  readonly call: WriteCall;
  readonly simulator: Simulator;
  /** Names of the requests that left and are no reads. */
  readonly departed: readonly string[];
  /** The last request of this method and path, and its form. */
  wire(method: string, path: string): { readonly request: Received; readonly form: Readonly<Record<string, string>> };
  commits(type?: Commit['type']): readonly Commit[];
  write<K extends CommandKind>(kind: K, input: Commands[K]): Attempts<K>;
  /** The record as a write reads it: at the vendor, now. */
  read<T extends RecordType>(type: T, key: string, ...fields: readonly string[]): Promise<Found<T>>;
  /** The same, of it alone. */
  record<T extends RecordType>(type: T, key: string, ...fields: readonly string[]): Promise<Mapped<T>>;
}

const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };

/** Opens a desk that closes when the test ends. */
export const desk = async (
  options: Partial<AthenanetOptions> = {},
  settings: Partial<SourceSettings> = {},
): Promise<Desk> => {
  const received: Received[] = [];
  const behaviour = athenanetSimulator({ practice: practiceOf(), now: () => NOW, ...options });
  const handle = (request: Received) => {
    received.push(request);
    return behaviour.handle(request);
  };
  const simulator = await listen({ ...behaviour, handle });
  const bed = connect({ ...signedIn(simulator.url, SIGN_IN, 'America/New_York'), ...settings });
  onTestFinished(async () => {
    await bed.close();
    await simulator.close();
  });
  const departed: string[] = [];
  // one operation for all that a write asks, as the journal's own calls have it
  const call: WriteCall = {
    ...bed.call,
    departures: { departs: async (name: string) => void departed.push(name), returned: () => undefined },
  };
  const read: Desk['read'] = async (type, key, ...fields) => {
    const reader = bed.connector.read[type] as unknown as (
      wanted: readonly Wanted<typeof type>[],
      call: WriteCall,
    ) => ReturnType<Connector['read'][typeof type]>;
    const [one] = await reader([{ key, fields: new Set(fields) }], call);
    return found(one) as Found<typeof type>;
  };
  return {
    bed,
    call,
    simulator,
    departed,
    wire: (method, path) => {
      const request = received.findLast((one) => one.method === method && one.path === `/v1/999901${path}`);
      if (request === undefined) throw new Error(`no ${method} ${path} was received`);
      return { request, form: Object.fromEntries(new URLSearchParams(request.body)) };
    },
    commits: (type) => simulator.commits.filter((commit) => type === undefined || commit.type === type),
    write: (kind, input) => {
      const writer = bed.connector.writers[kind] as Writer<typeof kind>;
      let progress: Readonly<Record<string, string>> = {};
      const keep: Sending['keep'] = async (more) => {
        progress = { ...progress, ...more };
      };
      return {
        writer,
        progress: () => progress,
        send: async (current) => {
          writer.plan(input);
          return writer.send(input, { id: 'w1', call, progress, keep, ...(current === undefined ? {} : { current }) });
        },
        find: async () => (await writer.find?.(input, { id: 'w1', call, progress })) ?? { kind: 'absent' },
      };
    },
    read,
    record: async (type, key, ...fields) => (await read(type, key, ...fields)).record as Mapped<typeof type>,
  };
};

/** The error that was thrown. */
export const failure = async (attempt: Promise<unknown>): Promise<GraphError> => {
  try {
    await attempt;
  } catch (thrown) {
    if (thrown instanceof GraphError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
};

/** The error of something that is done at once. */
export const thrownBy = (act: () => unknown): GraphError => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof GraphError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
};

export const pathsOf = ({ issues = [] }: GraphError): readonly string[] => issues.map(({ path }) => path.join('.'));
