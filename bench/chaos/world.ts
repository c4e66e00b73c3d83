import { CHANGING, changingPatients, type Place, patientId, practiceOf } from './changes.ts';
import type { Subjects } from './operations.ts';
import { Oracle } from './oracle.ts';
import { type Parts, type Product, startProduct, type Times } from './product.ts';

/** The practices of a run, a product that reads them undisturbed, and what they hold. */
export interface World {
  readonly places: readonly Place[];
  readonly subjects: Subjects;
  readonly oracle: Oracle;
  /** Patients whose records change, by place. */
  readonly changing: readonly { readonly place: Place; readonly id: number }[];
  close(): Promise<void>;
}

/** Vendors number their records alike in both, and every text in the second has its mark. */
const TENANTS = [
  { sourceIds: { unity: 'lakeside', athenanet: 'springfield', fhir: 'mercy' } },
  { sourceIds: { unity: 'lakeside-b', athenanet: 'springfield-b', fhir: 'mercy-b' }, watermark: 'b' },
] as const;
/** The vendor's limits are none of this run's business. */
const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 };
const UNDISTURBED: Pick<Times, 'timeoutMs' | 'deadlineMs'> = { timeoutMs: 60_000, deadlineMs: 60_000 };
const DAY = 86_400_000;
const DAYS = [-2, -1, 0, 1, 2, 5, 6, 7];
const PERIODS = [
  [-60, -31],
  [-30, 0],
] as const;

const dayOf = (offset: number): string => new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);

/** First what changes, then the rest; of every source in turn, so that the first ones are of all sources. */
const inTurn = (lists: readonly (readonly string[])[]): readonly string[] => {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
};

const questionsOf = (places: readonly Place[]): Pick<Subjects, 'searches' | 'days' | 'periods' | 'sources'> => ({
  sources: places.map(({ source }) => source),
  searches: [
    ...['Rivera', 'Doe', 'Nguyen', 'Smith'].map((lastName) => ({ lastName })),
    { firstName: 'Maria', lastName: 'Rivera' },
    { firstName: 'Robin', lastName: 'Rivera' },
  ],
  days: DAYS.map((offset) => ({ from: `${dayOf(offset)}T05:00:00Z`, to: `${dayOf(offset + 1)}T05:00:00Z` })),
  periods: PERIODS.map(([from, to]) => ({ from: dayOf(from), to: dayOf(to) })),
});

const patientsOf = (place: Place, most: number): readonly string[] => {
  const first = changingPatients(place);
  const rest = practiceOf(place).patients.flatMap(({ id }) => (first.includes(id) ? [] : [id]));
  return [...first, ...rest].slice(0, most).map((id) => patientId(place, id));
};

/** Records of the changing patients first. */
const recordsOf = (oracle: Oracle, type: 'Appointment' | 'Observation' | 'Claim', hot: ReadonlySet<string>) => {
  const all = oracle.known(type);
  const isHot = (id: string): boolean =>
    oracle.field(id, 'patient', 0, 0)?.some((text) => hot.has(text.slice(1, -1))) === true;
  const bySource = [...Map.groupBy(all, (id) => id.split('/')[0] ?? '').values()];
  return inTurn(bySource.map((ids) => [...ids.filter(isHot), ...ids.filter((id) => !isHot(id))]));
};

export interface WorldOptions {
  readonly seed: number;
  /** Practices at each vendor, 1 or 2. */
  readonly tenants: number;
  /** So many of each source are read by their ids; searches and days show the others too. */
  readonly patients: number;
  readonly times: Times;
}

/**
 * Starts so many tenants' practices at three vendors each, and reads everything that they hold. `uncounted` runs the
 * oracle's work.
 */
export const startWorld = async (
  parts: Parts,
  { seed, tenants, patients, times }: WorldOptions,
  uncounted: <T>(work: () => T) => T,
): Promise<World> => {
  const closing: (() => Promise<void>)[] = [];
  const places: Place[] = [];
  const beside: Awaited<ReturnType<Place['sandbox']['undisturbed']>>[] = [];
  for (const tenant of TENANTS.slice(0, tenants)) {
    const sandbox = await parts.startSandbox({ seed, athenanetLimits: LIMITS, ...tenant });
    beside.push(await sandbox.undisturbed());
    closing.push(() => sandbox.close());
    for (const vendor of ['unity', 'athenanet', 'fhir'] as const)
      places.push({ source: tenant.sourceIds[vendor], vendor, sandbox });
  }
  const sources = beside.flatMap(({ config }) => config.sources);
  const truth: Product = await uncounted(() =>
    startProduct(parts, sources, { ...times, ...UNDISTURBED }, { kept: false }),
  );
  const subjects: Subjects = {
    ...questionsOf(places),
    ids: {
      Patient: inTurn(places.map((place) => patientsOf(place, patients))),
      Appointment: [],
      Observation: [],
      Claim: [],
    },
  };
  const oracle = new Oracle(async (query, variables) => {
    const { data, errors } = await uncounted(() => truth.ask(query, variables));
    if (errors.length > 0) throw new Error(`What is true was not told: ${errors[0]?.code}.`);
    return data;
  }, subjects);
  await oracle.begin();
  const hot = new Set(places.flatMap((place) => patientsOf(place, CHANGING)));
  const [Appointment, Observation, Claim] = (['Appointment', 'Observation', 'Claim'] as const).map((type) =>
    recordsOf(oracle, type, hot),
  ) as [readonly string[], readonly string[], readonly string[]];
  return {
    places,
    subjects: { ...subjects, ids: { Patient: subjects.ids.Patient, Appointment, Observation, Claim } },
    oracle,
    changing: places.flatMap((place) => changingPatients(place).map((id) => ({ place, id }))),
    close: async () => {
      await truth.close();
      await Promise.all(beside.map((one) => one.close()));
      await Promise.all(closing.map((close) => close()));
    },
  };
};
