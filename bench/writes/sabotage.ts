import type { WriteLog } from '../../store/writes.ts';
import type { Work } from '../../subgraphs/vendor/writes/work.ts';

/**
 * Rules of the product that are broken from outside, each of which the checker must notice.
 *
 * - `blind-resend`: what the vendor has already is never recognised, and is sent again.
 * - `double-submit`: every write is recorded twice.
 * - `forget`: some writes are confirmed and were never sent.
 * - `deny`: some confirmed writes are called refused.
 * - `own-lanes`: no write waits for another one of its patient.
 */
export const SABOTAGES = ['blind-resend', 'double-submit', 'forget', 'deny', 'own-lanes'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** The product's own classes, as they run. */
export interface Parts {
  readonly WriteLog: typeof WriteLog;
  readonly Work: typeof Work;
}

type Mend = () => void;

const ONE_IN = 2;
/** A key that no vendor has given to anything. */
const NOBODY = '987654321';

const blindResend = ({ WriteLog: { prototype } }: Parts): Mend => {
  const { madeByOthers } = prototype;
  prototype.madeByOthers = async (_id, targets) => new Set(targets);
  return () => {
    prototype.madeByOthers = madeByOthers;
  };
};

const doubleSubmit = ({ WriteLog: { prototype } }: Parts): Mend => {
  const { submit } = prototype;
  prototype.submit = async function (draft) {
    const submission = await submit.call(this, draft);
    if (submission.isNew) await submit.call(this, { ...draft, idempotencyKey: `${draft.idempotencyKey} again` });
    return submission;
  };
  return () => {
    prototype.submit = submit;
  };
};

const ownLanes = ({ WriteLog: { prototype } }: Parts): Mend => {
  const { submit, relane } = prototype;
  prototype.submit = function (draft) {
    return submit.call(this, { ...draft, lane: `own:${draft.idempotencyKey}` });
  };
  prototype.relane = async () => true;
  return () => {
    prototype.submit = submit;
    prototype.relane = relane;
  };
};

/** Some writes by the end of their id, so that another attempt at one is treated the same. */
const isChosen = (id: string): boolean => Number.parseInt(id.slice(-4), 16) % ONE_IN === 0;

const forget = ({ Work: { prototype } }: Parts): Mend => {
  const own = Object.getOwnPropertyDescriptor(prototype, 'writer');
  if (own?.get === undefined) throw new Error('There is no writer to replace.');
  const { get } = own;
  Object.defineProperty(prototype, 'writer', {
    ...own,
    get(this: Work) {
      const writer = get.call(this);
      return isChosen(this.write.id) ? { ...writer, send: async () => ({ key: NOBODY }) } : writer;
    },
  });
  return () => {
    Object.defineProperty(prototype, 'writer', own);
  };
};

const deny = ({ WriteLog: { prototype } }: Parts): Mend => {
  const { settle } = prototype;
  prototype.settle = function (id, worker, settlement) {
    const outcome = { kind: 'refused', code: 'VENDOR_REJECTED', message: 'Refused.' } as const;
    const denied = settlement.state === 'CONFIRMED' && isChosen(id);
    return settle.call(this, id, worker, denied ? { state: 'REJECTED', outcome } : settlement);
  };
  return () => {
    prototype.settle = settle;
  };
};

const BREAKS: Readonly<Record<Sabotage, (parts: Parts) => Mend>> = {
  'blind-resend': blindResend,
  'double-submit': doubleSubmit,
  forget,
  deny,
  'own-lanes': ownLanes,
};

/** Breaks a rule until what it returns is called. */
export const sabotaged = (name: Sabotage, parts: Parts): Mend => BREAKS[name](parts);
