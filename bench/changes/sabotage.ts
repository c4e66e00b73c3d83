import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { ChangeDraft } from '../../store/changes.ts';

/**
 * Rules of the product that are broken from outside, each of which the checker must notice.
 *
 * - `keep`: what was read of a record is still shown after its change (`fresh`).
 * - `keep-lists`: lists in which it stood are still shown (`fresh`).
 * - `forget`: some changes never reach the stream (`fresh`, `webhooks`).
 * - `twice`: every change is appended twice (`fresh`, `sockets`).
 * - `drop`: some subscriber is not given an event now and then (`sockets`).
 * - `repeat`: some subscriber is given an event twice now and then (`sockets`).
 * - `alone`: what an event shows is asked for by each subscriber (`sockets`).
 * - `from-now`: whoever comes back goes on from now on (`cuts`).
 * - `unsigned`: any signature is right (`webhooks`).
 * - `early-word`: deliveries are acknowledged before they are kept (`webhooks`).
 */
export const SABOTAGES = [
  ...([
    'keep',
    'keep-lists',
    'forget',
    'twice',
    'drop',
    'repeat',
    'alone',
    'from-now',
    'unsigned',
    'early-word',
  ] as const),
] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** Loads a module of the built product. */
type Built = <T>(file: string) => Promise<T>;

const ONE_IN = 20;
const SELDOM = 2_000;
const LATE_MS = 400;

const log = async (built: Built) =>
  (await built<typeof import('../../store/stream/log.ts')>('store/stream/log')).ChangeLog.prototype;
const inbox = async (built: Built) =>
  (await built<typeof import('../../subgraphs/hub/changes/inbox.ts')>('subgraphs/hub/changes/inbox')).Inbox.prototype;

const now = (): boolean => Math.random() < 1 / SELDOM;

const BREAKS: Readonly<Record<Sabotage, (built: Built) => Promise<void>>> = {
  keep: async (built) => {
    const { SourceCache } = await built<typeof import('../../upstream/cache.ts')>('upstream/cache');
    SourceCache.prototype.changed = async () => undefined;
  },
  'keep-lists': async (built) => {
    const { MemoryStore } = await built<typeof import('../../upstream/cache/memory.ts')>('upstream/cache/memory');
    const { mark } = MemoryStore.prototype;
    MemoryStore.prototype.mark = function (source, tags) {
      return mark.call(this, source, tags.slice(0, 1)); // the record's own
    };
  },
  forget: async (built) => {
    const prototype = await log(built);
    const { append } = prototype;
    prototype.append = function (drafts, place) {
      return append.call(
        this,
        drafts.filter(() => Math.random() > 1 / ONE_IN),
        place,
      );
    };
  },
  twice: async (built) => {
    const prototype = await log(built);
    const { append } = prototype;
    const again = (draft: ChangeDraft): ChangeDraft => ({ ...draft, fingerprint: `${draft.fingerprint} again` });
    prototype.append = function (drafts, place) {
      return append.call(this, [...drafts, ...drafts.map(again)], place);
    };
  },
  drop: async (built) => {
    const prototype = await inbox(built);
    const { take } = prototype;
    prototype.take = function (row) {
      if (!now()) take.call(this, row);
    };
  },
  repeat: async (built) => {
    const prototype = await inbox(built);
    const { take } = prototype;
    prototype.take = function (row) {
      take.call(this, row);
      if (now()) take.call(this, row);
    };
  },
  alone: async (built) => {
    const { Group } = await built<typeof import('../../gateway/sharing.ts')>('gateway/sharing');
    Group.prototype.take = async (_event, signal, make) => make(signal);
  },
  'from-now': async (built) => {
    const { Reading } = await built<typeof import('../../subgraphs/hub/changes/tail.ts')>('subgraphs/hub/changes/tail');
    Reading.prototype.since = () => [];
  },
  unsigned: async () => {
    crypto.timingSafeEqual = () => true;
    syncBuiltinESMExports();
  },
  'early-word': async (built) => {
    const prototype = await log(built);
    const { receive } = prototype;
    prototype.receive = async function (events) {
      setTimeout(() => void receive.call(this, events).catch(() => undefined), LATE_MS);
      return events.map(() => true);
    };
  },
};

/** Breaks a rule of the product in this process. */
export const sabotaged = (name: Sabotage, built: Built): Promise<void> => BREAKS[name](built);
