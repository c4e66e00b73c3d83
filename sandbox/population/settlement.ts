import type { Claim } from '../practice.ts';
import { plusDays } from './calendar.ts';

/** Money of one claim in cents; what is absent is not known yet. */
export interface Settlement {
  readonly insurance?: number;
  readonly patient?: number;
  readonly responsibility?: number;
  readonly adjustment?: number;
}

const COPAY = 2_500;
/** What insurers allow of the charge, and what of that beyond the copay is the patient's. */
const ALLOWED = 0.72;
const COINSURANCE = 0.1;

/** Cents as decimal text: `1250` is `12.50`. */
export const dollars = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

/** Who has paid what by the time a claim has this status. */
export const settle = (status: Claim['status'], total: number, insured: boolean): Settlement => {
  if (!insured && status === 'paid') return { patient: total, responsibility: total };
  if (!insured && status === 'partially-paid') return { patient: Math.round(total / 2), responsibility: total };
  const allowed = Math.round(total * ALLOWED);
  const share = COPAY + Math.round((allowed - COPAY) * COINSURANCE);
  const paying = { insurance: allowed - share, responsibility: share, adjustment: total - allowed };
  if (status === 'paid') return { ...paying, patient: share };
  if (status === 'partially-paid') return { ...paying, patient: COPAY };
  if (status === 'denied') return { insurance: 0 };
  return status === 'accepted' ? { patient: COPAY } : {};
};

/** The payments behind a settlement: a copay on the day, the rest some days later but not after today. */
export const payments = (
  { insurance = 0, patient = 0, adjustment = 0 }: Settlement,
  { date, today, days }: { readonly date: string; readonly today: string; readonly days: number },
): Omit<Claim['payments'][number], 'id'>[] => {
  const later = plusDays(date, days) < today ? plusDays(date, days) : today;
  const copay = Math.min(patient, COPAY);
  const all = [
    { from: 'patient' as const, cents: copay, date },
    { from: 'adjustment' as const, cents: adjustment, date: later },
    { from: 'insurance' as const, cents: insurance, date: later },
    { from: 'patient' as const, cents: patient - copay, date: later },
  ];
  return all
    .filter(({ cents }) => cents > 0)
    .map(({ from, cents, date: on }) => ({ from, amount: dollars(cents), date: on }));
};
