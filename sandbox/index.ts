import { type AthenanetBehaviour, type AthenanetOptions, athenanetSimulator } from './athenanet/simulator.ts';
import { fhirSimulator } from './fhir/simulator.ts';
import { generatePractices } from './generate.ts';
import { describeLoad, type LoadReport, loadNdjson } from './load.ts';
import type { Practice } from './practice.ts';
import { type Behaviour, listen, type Simulator } from './server.ts';
import { configOf, type Place, type SandboxConfig } from './sources.ts';
import { unitySimulator } from './unity/simulator.ts';
import { afterPlacing } from './unplaced.ts';

export { LoadError } from './load.ts';
export type { SandboxConfig } from './sources.ts';

export type Vendor = 'unity' | 'athenanet' | 'fhir';

/** Where the simulators are when a person starts the sandbox. */
export const SANDBOX_PORTS: Readonly<Record<Vendor, number>> = { unity: 4811, athenanet: 4812, fhir: 4813 };

export interface SandboxOptions {
  /** The instant at which the sandbox begins; its clock goes on from there. The present when absent. */
  readonly now?: string;
  readonly seed?: number;
  /** Folders of FHIR NDJSON to load instead of generating people. */
  readonly data?: readonly string[];
  /** A port that is taken is replaced by any free one; any free one when absent. */
  readonly ports?: Readonly<Partial<Record<Vendor, number>>>;
  /** athenaNet's rate limits; those of its production when absent. */
  readonly athenanetLimits?: AthenanetOptions['limits'];
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
  readonly practices: Readonly<Record<'unity' | 'athenanet', Practice>> & { readonly fhir?: Practice };
  /** The patients' family names at each, the most frequent first. */
  readonly familyNames: Readonly<Record<Vendor, readonly string[]>>;
  readonly report?: SandboxReport;
  close(): Promise<void>;
}

const DEFAULT_SEED = 1;
const NAMES: Readonly<Record<Vendor, string>> = {
  unity: 'Lakeside Family Medicine',
  athenanet: 'Springfield Family Practice',
  fhir: 'Mercy Primary Care',
};

/** What the simulators play, before they have a port. */
interface Cast {
  readonly behaviours: Readonly<Record<Vendor, Behaviour>>;
  readonly practices: Sandbox['practices'];
  /** The practice whose people the FHIR server has too. */
  readonly fhirPeople: Practice;
  readonly report?: LoadReport;
}

type Clock = () => number;
type Limits = Pick<AthenanetOptions, 'limits'>;

const generated = async (seed: number, start: string, now: Clock, limits: Limits): Promise<Cast> => {
  const practices = generatePractices({ seed, now: start });
  return {
    behaviours: {
      unity: unitySimulator({ practice: practices.unity, now }),
      athenanet: athenanetSimulator({ practice: practices.athenanet, now, ...limits }),
      fhir: await fhirSimulator({ practice: practices.fhir, now }),
    },
    practices,
    fhirPeople: practices.fhir,
  };
};

const loaded = async (folders: readonly string[], start: string, now: Clock, limits: Limits): Promise<Cast> => {
  const { practice, resources, report } = await loadNdjson(folders, { now: start });
  const unity = { ...structuredClone(practice), name: NAMES.unity };
  const athenanet = { ...structuredClone(practice), name: NAMES.athenanet };
  const behaviour: AthenanetBehaviour = athenanetSimulator({ practice: athenanet, now, ...limits });
  return {
    behaviours: {
      unity: unitySimulator({ practice: unity, now }),
      athenanet: behaviour,
      fhir: await fhirSimulator({ resources, now, timeZone: practice.timeZone }),
    },
    practices: { unity, athenanet },
    fhirPeople: practice,
    report: afterPlacing(report, practice, behaviour.notRepresentable()),
  };
};

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

const onPort = async (behaviour: Behaviour, port: number): Promise<Simulator> => {
  try {
    return await listen(behaviour, port);
  } catch (error) {
    if (port === 0 || !isTaken(error)) throw error;
    return listen(behaviour);
  }
};

const familyNames = ({ patients }: Practice): string[] =>
  [...Map.groupBy(patients, ({ last }) => last)]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([last]) => last);

const opened = async (
  behaviours: Cast['behaviours'],
  ports: Readonly<Record<Vendor, number>>,
): Promise<Sandbox['simulators']> => {
  const started: Simulator[] = [];
  const open = async (vendor: Vendor): Promise<Simulator> => {
    const simulator = await onPort(behaviours[vendor], ports[vendor]);
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

/**
 * Starts one simulator per vendor on ports of this machine, over generated people or over those of files. Refuses files
 * that are no NDJSON of FHIR resources, and a beginning that is no instant.
 */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { data, seed = DEFAULT_SEED } = options;
  const beginning = options.now === undefined ? Date.now() : Date.parse(options.now);
  if (Number.isNaN(beginning)) throw new RangeError('now must be an instant');
  const start = new Date(beginning).toISOString();
  const ahead = beginning - Date.now();
  const now: Clock = () => Date.now() + ahead;
  const limits: Limits = options.athenanetLimits === undefined ? {} : { limits: options.athenanetLimits };
  const cast = data === undefined ? await generated(seed, start, now, limits) : await loaded(data, start, now, limits);
  const { behaviours, practices, fhirPeople, report } = cast;
  const free: Readonly<Record<Vendor, number>> = { unity: 0, athenanet: 0, fhir: 0 };
  const simulators = await opened(behaviours, {
    ...(options.fixedPorts === true ? SANDBOX_PORTS : free),
    ...options.ports,
  });
  const place = (vendor: Vendor, { timeZone }: Practice): Place => ({
    url: simulators[vendor].url,
    name: NAMES[vendor],
    timeZone,
  });
  const { unity, athenanet } = practices;
  return {
    simulators,
    config: configOf({
      unity: place('unity', unity),
      athenanet: place('athenanet', athenanet),
      fhir: place('fhir', fhirPeople),
    }),
    practices,
    familyNames: {
      unity: familyNames(unity),
      athenanet: familyNames(athenanet),
      fhir: familyNames(fhirPeople),
    },
    ...(report === undefined ? {} : { report: { ...report, text: describeLoad(report).join('\n') } }),
    close: async () => {
      await Promise.all(Object.values(simulators).map((simulator) => simulator.close()));
    },
  };
};
