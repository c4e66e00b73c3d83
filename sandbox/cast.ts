import { type AthenanetBehaviour, type AthenanetOptions, athenanetSimulator } from './athenanet/simulator.ts';
import { type FhirOptions, fhirSimulator } from './fhir/simulator.ts';
import { generatePractices } from './generate.ts';
import type { SandboxOptions, Vendor } from './index.ts';
import { type LoadReport, loadNdjson } from './load.ts';
import { type Random, random } from './population/random.ts';
import type { Practice } from './practice.ts';
import type { Behaviour } from './server.ts';
import { NAMES } from './sources.ts';
import { type UnityOptions, unitySimulator } from './unity/simulator.ts';
import { afterPlacing } from './unplaced.ts';
import { watermarked } from './watermark.ts';

/** Whose people are there when nobody says. */
export const DEFAULT_SEED = 1;

/** What the simulators play, before they have a port. */
export interface Cast {
  readonly behaviours: Readonly<Record<Vendor, Behaviour>>;
  readonly practices: Readonly<Record<'unity' | 'athenanet', Practice>> & { readonly fhir?: Practice };
  /** The practice whose people the FHIR server has too. */
  readonly fhirPeople: Practice;
  readonly report?: LoadReport;
}

/** Milliseconds since 1970. */
export type Clock = () => number;
/** How the vendors' systems are set up. */
interface Settings {
  readonly unity: Pick<UnityOptions, 'doubleBooking'>;
  readonly athenanet: Pick<AthenanetOptions, 'limits' | 'feeds' | 'delivery' | 'doubleBooking'>;
  readonly fhir: Pick<FhirOptions, 'subscriptions' | 'chance'> & { readonly doubleBooking: boolean };
}

interface Population {
  readonly seed: number;
  readonly people: number | undefined;
  readonly watermark: string | undefined;
}

const peopled = ({ seed, people, watermark }: Population, start: string): ReturnType<typeof generatePractices> => {
  const practices = generatePractices({ seed, now: start, people });
  if (watermark === undefined) return practices;
  const { unity, athenanet, fhir } = practices;
  return {
    unity: watermarked(unity, watermark),
    athenanet: watermarked(athenanet, watermark),
    fhir: watermarked(fhir, watermark),
  };
};

const generated = async (population: Population, start: string, now: Clock, settings: Settings): Promise<Cast> => {
  const practices = peopled(population, start);
  const still = population.people !== undefined;
  return {
    behaviours: {
      unity: unitySimulator({ practice: practices.unity, now, ...settings.unity }),
      athenanet: athenanetSimulator({ practice: practices.athenanet, now, still, ...settings.athenanet }),
      fhir: await fhirSimulator({ practice: practices.fhir, now, still, ...settings.fhir }),
    },
    practices,
    fhirPeople: practices.fhir,
  };
};

const loaded = async (folders: readonly string[], start: string, now: Clock, settings: Settings): Promise<Cast> => {
  const { practice, resources, report } = await loadNdjson(folders, { now: start });
  const unity = { ...structuredClone(practice), name: NAMES.unity };
  const athenanet = { ...structuredClone(practice), name: NAMES.athenanet };
  const behaviour: AthenanetBehaviour = athenanetSimulator({ practice: athenanet, now, ...settings.athenanet });
  return {
    behaviours: {
      unity: unitySimulator({ practice: unity, now, ...settings.unity }),
      athenanet: behaviour,
      fhir: await fhirSimulator({ resources, now, timeZone: practice.timeZone }),
    },
    practices: { unity, athenanet },
    fhirPeople: practice,
    report: afterPlacing(report, practice, behaviour.notRepresentable()),
  };
};

const settingsOf = (options: SandboxOptions, chance: Random): Settings => {
  const { athenanetLimits, athenanet, fhir, doubleBooking = false } = options;
  return {
    unity: { doubleBooking },
    athenanet: {
      ...athenanet,
      delivery: { chance: chance.fork('athenanet'), ...athenanet?.delivery },
      doubleBooking,
      ...(athenanetLimits && { limits: athenanetLimits }),
    },
    fhir: { ...fhir, chance: chance.fork('fhir'), doubleBooking },
  };
};

/** The simulators over generated people, or over those of files. */
export const castOf = (options: SandboxOptions, beginning: number, now: Clock): Promise<Cast> => {
  const { data, seed = DEFAULT_SEED, faultSeed = seed, people, watermark } = options;
  const start = new Date(beginning).toISOString();
  const settings = settingsOf(options, random(faultSeed).fork('notifications'));
  if (data === undefined) return generated({ seed, people, watermark }, start, now, settings);
  if (watermark !== undefined) throw new RangeError('Only generated people can be marked.');
  return loaded(data, start, now, settings);
};
