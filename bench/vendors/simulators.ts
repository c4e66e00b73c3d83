import { parseArgs } from 'node:util';

// The simulated vendors as a process of their own, with so many people each, from the build. It ends with the bench.
const { startSandbox } = (await import(
  new URL('../../dist/sandbox/index.js', import.meta.url).href
)) as typeof import('../../sandbox/index.ts');

export interface Person {
  readonly id: number;
  readonly first: string;
  readonly last: string;
}

/** What the bench is told when they answer. */
export interface Ready {
  /** The content of the configuration that reads them. */
  readonly config: Awaited<ReturnType<typeof startSandbox>>['config'];
  readonly urls: Readonly<Record<'unity' | 'athenanet' | 'fhir', string>>;
  /** By vendor. */
  readonly people: Readonly<Record<string, readonly Person[]>>;
}

/** The athenaNet simulator's own limits would decide the figures. */
const UNLIMITED = { perSecond: 100_000, perDay: 100_000_000, tokenPerMinute: 100_000 } as const;

const { values } = parseArgs({ options: { people: { type: 'string', default: '700' }, now: { type: 'string' } } });
const sandbox = await startSandbox({
  ...(values.now === undefined ? {} : { now: values.now }),
  people: Number(values.people),
  athenanetLimits: UNLIMITED,
});
const { unity, athenanet, fhir } = sandbox.simulators;
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
const ready: Ready = {
  config: sandbox.config,
  urls: { unity: unity.url, athenanet: athenanet.url, fhir: fhir.url },
  people: Object.fromEntries(
    Object.entries(sandbox.practices).map(([vendor, { patients }]) => [
      vendor,
      patients.map(({ id, first, last }) => ({ id, first, last })),
    ]),
  ),
};
process.send?.(ready);
