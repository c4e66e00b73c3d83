import { parseArgs } from 'node:util';
import type { Door } from '../../sandbox/staff/door.ts';
import type { Made } from './checker.ts';
import { VENDORS, type Vendor } from './kinds.ts';
import { Maker, type Plan } from './maker.ts';

// The simulated vendors as a process of their own, where things happen. It ends with the bench.
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../dist/sandbox/${file}.js`, import.meta.url).href)) as T;
const { startSandbox } = await built<typeof import('../../sandbox/index.ts')>('index');
const { random } = await built<typeof import('../../sandbox/population/random.ts')>('population/random');
const { unityDoor } = await built<typeof import('../../sandbox/staff/unity.ts')>('staff/unity');
const { athenanetDoor } = await built<typeof import('../../sandbox/staff/athenanet.ts')>('staff/athenanet');
const { fhirDoor } = await built<typeof import('../../sandbox/staff/fhir.ts')>('staff/fhir');

/** What the bench says. */
export interface SimulatorOrders {
  readonly warm?: true;
  readonly make?: Plan;
}

/** What it is told. */
export interface SimulatorTellings {
  readonly ready?: {
    /** The content of the configuration that reads the simulators. */
    readonly config: Awaited<ReturnType<typeof startSandbox>>['config'];
    readonly urls: Readonly<Record<Vendor, string>>;
    /** Records that only `warm` changes. */
    readonly warmRecords: readonly string[];
  };
  readonly made?: readonly Made[];
  /** The plan is carried out. */
  readonly done?: true;
}

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    'public-url': { type: 'string' },
  },
});
const { 'public-url': publicUrl } = values;
/** The athenaNet simulator's own limits would decide the figures. */
const athenanetLimits = { perSecond: 100_000, perDay: 100_000_000, tokenPerMinute: 100_000 } as const;
const sandbox = await startSandbox({
  ...{ people: Number(values.people), athenanetLimits, doubleBooking: true },
  ...(publicUrl === undefined ? {} : { publicUrl }),
});
const beside = await sandbox.undisturbed();
const OPEN = { unity: unityDoor, athenanet: athenanetDoor, fhir: fhirDoor } as const;
const signal = new AbortController().signal;
const doors = VENDORS.flatMap((vendor, at): readonly [Vendor, Door][] => {
  const [source, practice] = [beside.config.sources[at], sandbox.practices[vendor]];
  return source === undefined || practice === undefined ? [] : [[vendor, OPEN[vendor]({ source, practice, signal })]];
});

const tell = (telling: SimulatorTellings): void => {
  process.send?.(telling);
};
const TELL_MS = 50;
let untold: Made[] = [];
const tellAll = (): void => {
  if (untold.length > 0) tell({ made: untold });
  untold = [];
};
setInterval(tellAll, TELL_MS);
const maker = new Maker(sandbox, new Map(doors), {
  chance: random(Number(values.seed)).fork('changes'),
  made: (made) => untold.push(made),
});

process.on('message', ({ warm, make }: SimulatorOrders) => {
  if (warm === true) maker.warm();
  if (make !== undefined)
    void maker.make(make).then(() => {
      tellAll();
      tell({ done: true });
    });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
const { unity, athenanet, fhir } = sandbox.simulators;
tell({
  ready: {
    config: sandbox.config,
    urls: { unity: unity.url, athenanet: athenanet.url, fhir: fhir.url },
    warmRecords: maker.warmRecords,
  },
});
