import { setTimeout as wait } from 'node:timers/promises';
import type { NotificationFault } from '../../sandbox/notify/troubles.ts';
import { random } from '../../sandbox/population/random.ts';
import { checkTold, type Finding, type Made } from './checker.ts';
import { Door } from './door.ts';
import { faultsOf, foundLine, listed, type Times, timesBy, timesLines } from './figures.ts';
import { TELLING } from './kinds.ts';
import { EVERYTHING } from './maker.ts';
import type { Practices } from './practices.ts';
import { allTold, onScene, type Scene, type SceneOptions } from './scene.ts';

export interface WebhooksOptions extends SceneOptions {
  readonly changes: number;
  readonly perSecond: number;
  readonly kills: number;
}

export interface Webhooks {
  /** From the change at the vendor to the subscriber while nothing goes wrong, by vendor and cause. */
  readonly arrivals: Readonly<Record<string, Times>>;
  readonly changes: number;
  readonly events: number;
  readonly causes: Readonly<Record<string, number>>;
  readonly collapsed: number;
  readonly ahead: number;
  readonly others: Readonly<Record<string, number>>;
  readonly answered: Readonly<Record<string, number>>;
  readonly sent: Readonly<Record<string, number>>;
  readonly cut: number;
  readonly forged: Readonly<Record<string, number>>;
  readonly accepted: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly findings: readonly Finding[];
  readonly spoilt: number;
  readonly refused: readonly string[];
  readonly seconds: number;
}

const SOON_MS = 1_000;
const CLEAN = 0.15;
const FORGED = 0.2;
const HOT = 0.15;
const PATIENCE_MS = 120_000;
const FLUSH_AGAIN_MS = 1_000;
const DEAD_MS = 300;

const TROUBLES: readonly NotificationFault[] = [
  { kind: 'duplicate', copies: 2, share: 0.1 },
  { kind: 'reorder', window: 6, share: 0.15 },
  { kind: 'replay', count: 2, share: 0.1 },
  { kind: 'delay', ms: 100, upTo: 3_000, share: 0.1 },
  { kind: 'cut', share: 0.05 },
];
/** Of what is signed a stranger can make nothing. */
const FORGING: readonly NotificationFault[] = [
  { kind: 'forge', how: 'tamper', share: 0.05 },
  { kind: 'forge', how: 'unsigned', share: 0.05 },
  { kind: 'forge', how: 'truncate', share: 0.05 },
];

interface Posted {
  readonly as: string;
  readonly status?: number;
}

const outbox = (practices: Practices) => {
  const urls = TELLING.map((vendor) => ({ vendor, url: practices.ready.urls[vendor] }));
  const all = <T>(work: (url: string, vendor: string) => Promise<T>): Promise<readonly T[]> =>
    Promise.all(urls.map(({ vendor, url }) => work(url, vendor)));
  return {
    trouble: () =>
      all(async (url, vendor) => {
        for (const fault of vendor === 'athenanet' ? [...TROUBLES, ...FORGING] : TROUBLES)
          await practices.control(url, 'POST', 'notifications/faults', fault);
      }),
    calm: () => all((url) => practices.control(url, 'DELETE', 'notifications/faults')),
    flush: () => all((url) => practices.control(url, 'POST', 'notifications/flush')),
    log: async (): Promise<readonly Posted[]> => {
      const told = await all((url) => practices.control(url, 'GET', 'notifications'));
      return told.flatMap((one) => (one as { readonly log: readonly Posted[] }).log);
    },
  };
};

const countOf = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].sort().map(([name, all]) => [name, all.length]));

/** Kills the product right after it accepted a delivery, so many times, evenly over the changes. */
const killing = async ({ practices, deployment }: Scene, door: Door, options: WebhooksOptions): Promise<number> => {
  const { changes, kills } = options;
  const before = practices.made.length;
  let killed = 0;
  for (; killed < kills; killed++) {
    while (practices.made.length - before < ((killed + 1) * changes * (1 - CLEAN)) / (kills + 1)) await wait(20);
    await new Promise<void>((resolve) =>
      door.onNextAccepted(async () => {
        door.leadTo(undefined);
        await deployment.kill();
        resolve();
      }),
    );
    await wait(DEAD_MS);
    await deployment.start('none'); // what was lost is not asked for
    door.leadTo(deployment.url);
  }
  return killed;
};

/** Changes that vendors tell of themselves, well and badly, to a product that dies right after it accepted them. */
export const runWebhooks = async (options: WebhooksOptions): Promise<Webhooks> => {
  const { changes, perSecond, seed } = options;
  const door = await Door.open(random(seed).fork('door'));
  try {
    return await onScene({ ...options, webhooks: door }, async (scene) => {
      const { practices, witness } = scene;
      const { trouble, calm, flush, log } = outbox(practices);
      const warm = new Set(practices.ready.warmRecords);
      const plan = { vendors: TELLING, perSecond, hot: HOT, seed, deeds: EVERYTHING };
      const told = () => witness.told.filter(({ record }) => !warm.has(record));
      const from = performance.now();

      await practices.make({ ...plan, changes: Math.round(changes * CLEAN) });
      await allTold(scene, PATIENCE_MS);
      await wait(SOON_MS);
      const clean = checkTold(practices.made, told(), SOON_MS);
      const before: readonly Made[] = [...practices.made];

      await trouble();
      door.forging = FORGED;
      const making = practices.make({ ...plan, changes: Math.round(changes * (1 - CLEAN)) });
      const kills = await killing(scene, door, options);
      await making;
      door.forging = 0;
      await calm();
      const flushing = setInterval(() => void flush().catch(() => undefined), FLUSH_AGAIN_MS);
      await allTold(scene, PATIENCE_MS);
      await wait(2 * FLUSH_AGAIN_MS); // for what is told twice
      clearInterval(flushing);

      const posted = await log();
      const all = checkTold(practices.made, told(), Number.POSITIVE_INFINITY);
      const late = clean.findings.filter(({ kind }) => kind === 'late');
      const accepted = posted.filter(({ as, status = 0 }) => as === 'forged' && status >= 200 && status < 300);
      return {
        arrivals: timesBy(clean.arrivals),
        changes: practices.made.length,
        events: told().length,
        causes: countOf(told().map(({ cause }) => cause)),
        ...{ collapsed: all.collapsed, ahead: all.ahead, others: all.others },
        ...{ answered: door.answered, cut: door.cut, forged: door.forged, kills },
        sent: countOf(posted.map(({ as }) => as)),
        accepted: { ...door.accepted, ...(accepted.length === 0 ? {} : { 'by the vendor’s key': accepted.length }) },
        findings: [...all.findings, ...late.filter(({ record }) => before.some((one) => one.record === record))],
        ...{ spoilt: witness.spoilt, refused: witness.refused, seconds: (performance.now() - from) / 1_000 },
      };
    });
  } finally {
    await door.close();
  }
};

export const webhooksLines = (one: Webhooks): readonly string[] => [
  ...timesLines(one.arrivals),
  `  ${one.changes} changes in ${one.seconds.toFixed(0)} s, ${one.events} events (${listed(one.causes)}); collapsed ${one.collapsed}, shown ahead ${one.ahead}; of other records: ${listed(one.others)}`,
  `  deliveries by the vendors: ${listed(one.sent)}; cut ${one.cut}; answered: ${listed(one.answered)}`,
  `  forged besides: ${listed(one.forged)}; accepted of all forged: ${listed(one.accepted)}`,
  `  killed ${one.kills} times right after a delivery was accepted`,
  foundLine(one.findings),
];

/** Why the part is red. */
export const webhooksFaults = (one: Webhooks): readonly string[] => {
  const faults = faultsOf(one.findings);
  if (Object.keys(one.accepted).length > 0) faults.push(`forged deliveries accepted: ${listed(one.accepted)}`);
  if (Object.keys(one.forged).length === 0) faults.push('nothing was forged');
  if (one.spoilt > 0) faults.push(`${one.spoilt} events without their record`);
  if (one.refused.length > 0) faults.push(`subscriptions ended: ${one.refused.join(', ')}`);
  return faults;
};
