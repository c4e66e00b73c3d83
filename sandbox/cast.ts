import { type AthenanetBehaviour, type AthenanetOptions, athenanetSimulator } from './athenanet/simulator.ts';
import { fhirSimulator } from './fhir/simulator.ts';
import { generatePractices } from './generate.ts';
import type { SandboxOptions, Vendor } from './index.ts';
import { type LoadReport, loadNdjson } from './load.ts';
import type { Practice } from './practice.ts';
import type { Behaviour } from './server.ts';
import { NAMES } from './sources.ts';
import { unitySimulator } from './unity/simulator.ts';
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
type Limits = Pick<AthenanetOptions, 'limits'>;

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

const generated = async (population: Population, start: string, now: Clock, limits: Limits): Promise<Cast> => {
  const practices = peopled(population, start);
  const still = population.people !== undefined;
  return {
    behaviours: {
      unity: unitySimulator({ practice: practices.unity, now }),
      athenanet: athenanetSimulator({ practice: practices.athenanet, now, still, ...limits }),
      fhir: await fhirSimulator({ practice: practices.fhir, now, still }),
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

/** The simulators over generated people, or over those of files. */
export const castOf = (options: SandboxOptions, beginning: number, now: Clock): Promise<Cast> => {
  const { data, seed = DEFAULT_SEED, people, watermark, athenanetLimits } = options;
  const start = new Date(beginning).toISOString();
  const limits: Limits = athenanetLimits === undefined ? {} : { limits: athenanetLimits };
  if (data === undefined) return generated({ seed, people, watermark }, start, now, limits);
  if (watermark !== undefined) throw new RangeError('Only generated people can be marked.');
  return loaded(data, start, now, limits);
};
