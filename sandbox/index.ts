import type { AthenanetOptions } from './athenanet/simulator.ts';
import { type Cast, type Clock, castOf, DEFAULT_SEED } from './cast.ts';
import { type Changes, changeRecord } from './change.ts';
import type { FhirOptions } from './fhir/simulator.ts';
import type { Happening } from './happenings.ts';
import type { Draft } from './ledger.ts';
import { describeLoad, type LoadReport } from './load.ts';
import { type Random, random } from './population/random.ts';
import type { Observation, Practice } from './practice.ts';
import { type Behaviour, listen, type Simulator } from './server.ts';
import { type ConfigOptions, configOf, NAMES, type Place, type SandboxConfig } from './sources.ts';
import { marked } from './watermark.ts';

export type { Changes } from './change.ts';
export type { Happening } from './happenings.ts';
export { LoadError } from './load.ts';
export type { Fault, Planted, Simulator } from './server.ts';
export type { SandboxConfig } from './sources.ts';

export type Vendor = 'unity' | 'athenanet' | 'fhir';

/** Where the simulators are when a person starts the sandbox. */
export const SANDBOX_PORTS: Readonly<Record<Vendor, number>> = { unity: 4811, athenanet: 4812, fhir: 4813 };

export interface SandboxOptions {
  /** The instant at which the sandbox begins; its clock goes on from there. The present when absent. */
  readonly now?: string;
  readonly seed?: number;
  /**
   * At least so many generated people at each practice, up to 10,000; some thirty when absent. With it, `change` is the
   * only way to change the practices.
   */
  readonly people?: number;
  /** Folders of FHIR NDJSON to load instead of generating people. */
  readonly data?: readonly string[];
  /** A port that is taken is replaced by any free one; any free one when absent. */
  readonly ports?: Readonly<Partial<Record<Vendor, number>>>;
  /** athenaNet's rate limits; those of its production when absent. */
  readonly athenanetLimits?: AthenanetOptions['limits'];
  /** How athenaNet's change feeds and notifications behave; as athenahealth's, and at once, when absent. */
  readonly athenanet?: Pick<AthenanetOptions, 'feeds' | 'delivery'>;
  /** Which subscriptions the FHIR server offers, and how they behave; both kinds when absent. */
  readonly fhir?: Pick<FhirOptions, 'subscriptions'>;
  /** Whether the vendors' systems let two visits be booked at the same time of the same practitioner; false when absent. */
  readonly doubleBooking?: boolean;
  /** Decides which calls are struck by faults that strike only some; `seed` when absent. */
  readonly faultSeed?: number;
  /**
   * Stands in all free text of the generated people, whose ids stay those of the seed: what is read from two sandboxes
   * with different marks has equal keys and no equal text.
   */
  readonly watermark?: string;
  /** Ids of the sources in the configuration; lakeside, springfield and mercy when absent. */
  readonly sourceIds?: ConfigOptions['sourceIds'];
  /** Where the product is reached by vendors that tell of changes themselves; absent: the configuration has them asked only. */
  readonly publicUrl?: string;
  /** `SANDBOX_PORTS`, as far as `ports` says nothing else. */
  readonly fixedPorts?: boolean;
}

/** What was loaded from files, and the same for a person to read. */
export type SandboxReport = LoadReport & { readonly text: string };

export interface Sandbox {
  readonly simulators: Readonly<Record<Vendor, Simulator>>;
  /** The content of the `sources.yaml` that reads these simulators. */
  readonly config: SandboxConfig;
  /** What is true at the practices, as the simulators have it now; a FHIR server over loaded files has no Practice. */
  readonly practices: Cast['practices'];
  /** The patients' family names at each, the most frequent first. */
  readonly familyNames: Readonly<Record<Vendor, readonly string[]>>;
  readonly report?: SandboxReport;
  /**
   * Changes a record; the vendor's system shows it from the next call on, as changed at that moment. Refuses a record
   * that is not there, and a FHIR server over loaded files.
   */
  change<T extends keyof Changes>(vendor: Vendor, type: T, id: number, set: Changes[T]): void;
  /** Puts a new result into a chart, as a laboratory does, and gives it with its id. Refuses as `change` does. */
  addResult(vendor: Vendor, result: Draft['Observation']): Observation;
  /** Everything that changed at a vendor since the sandbox began, whoever changed it; none over loaded FHIR files. */
  happenings(vendor: Vendor): readonly Happening[];
  /**
   * The same systems on further ports, where no fault of these strikes and no call is counted: what they answer there
   * is what they hold. Close it before the sandbox.
   */
  undisturbed(): Promise<Pick<Sandbox, 'simulators' | 'config' | 'close'>>;
  close(): Promise<void>;
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

const onPort = async (behaviour: Behaviour, port: number, chance: Random): Promise<Simulator> => {
  try {
    return await listen(behaviour, { port, chance });
  } catch (error) {
    if (port === 0 || !isTaken(error)) throw error;
    return listen(behaviour, { chance });
  }
};

const familyNames = ({ patients }: Practice): string[] =>
  [...Map.groupBy(patients, ({ last }) => last)]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([last]) => last);

const opened = async (
  behaviours: Cast['behaviours'],
  ports: Readonly<Record<Vendor, number>>,
  chance: Random,
): Promise<Sandbox['simulators']> => {
  const started: Simulator[] = [];
  const open = async (vendor: Vendor): Promise<Simulator> => {
    const simulator = await onPort(behaviours[vendor], ports[vendor], chance.fork(vendor));
    started.push(simulator);
    return simulator;
  };
  try {
    return { unity: await open('unity'), athenanet: await open('athenanet'), fhir: await open('fhir') };
  } catch (error) {
    await Promise.all(started.map((simulator) => simulator.close()));
    throw error;
  }
};

const beginningOf = ({ now }: SandboxOptions): number => {
  const beginning = now === undefined ? Date.now() : Date.parse(now);
  if (Number.isNaN(beginning)) throw new RangeError('now must be an instant');
  return beginning;
};

const NO_PORTS: Readonly<Record<Vendor, number>> = { unity: 0, athenanet: 0, fhir: 0 };

const placesOf = (cast: Cast, simulators: Sandbox['simulators'], watermark?: string): Record<Vendor, Place> => {
  const place = (vendor: Vendor, { timeZone }: Practice): Place => ({
    url: simulators[vendor].url,
    name: watermark === undefined ? NAMES[vendor] : marked(NAMES[vendor], watermark),
    timeZone,
  });
  const { unity, athenanet } = cast.practices;
  return {
    unity: place('unity', unity),
    athenanet: place('athenanet', athenanet),
    fhir: place('fhir', cast.fhirPeople),
  };
};

const UNCHANGING = 'What was loaded from files does not change.';

const changing =
  ({ practices, behaviours }: Cast, now: Clock): Sandbox['change'] =>
  (vendor, type, id, set) => {
    const practice = practices[vendor];
    if (practice === undefined) throw new RangeError(UNCHANGING);
    const changed = changeRecord(practice, type, id, set, now());
    behaviours[vendor].happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed });
  };

/**
 * Starts one simulator per vendor on ports of this machine, over generated people or over those of files. Refuses files
 * that are no NDJSON of FHIR resources, a beginning that is no instant, and a watermark that is none.
 */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { seed = DEFAULT_SEED, faultSeed = seed, watermark, sourceIds, athenanetLimits, publicUrl } = options;
  const beginning = beginningOf(options);
  const ahead = beginning - Date.now();
  const now: Clock = () => Date.now() + ahead;
  const cast = await castOf(options, beginning, now);
  const { behaviours, practices, fhirPeople, report } = cast;
  const listening = async (ports: Readonly<Record<Vendor, number>>) => {
    const simulators = await opened(behaviours, ports, random(faultSeed).fork('faults'));
    const close = async (): Promise<void> => {
      await Promise.all(Object.values(simulators).map((simulator) => simulator.close()));
    };
    const config = configOf(placesOf(cast, simulators, watermark), { sourceIds, athenanetLimits, publicUrl });
    return { simulators, config, close };
  };
  return {
    ...(await listening({ ...(options.fixedPorts === true ? SANDBOX_PORTS : NO_PORTS), ...options.ports })),
    practices,
    familyNames: {
      unity: familyNames(practices.unity),
      athenanet: familyNames(practices.athenanet),
      fhir: familyNames(fhirPeople),
    },
    ...(report === undefined ? {} : { report: { ...report, text: describeLoad(report).join('\n') } }),
    change: changing(cast, now),
    addResult: (vendor, result) => {
      const reported = behaviours[vendor].report?.(result);
      if (reported === undefined) throw new RangeError(UNCHANGING);
      return reported;
    },
    happenings: (vendor) => behaviours[vendor].happenings?.all ?? [],
    undisturbed: () => listening(NO_PORTS),
  };
};
