import { dateIn, timeIn } from '../population/calendar.ts';
import type { Appointment, Practice, Slot } from '../practice.ts';
import type { SourceEntry } from '../sources.ts';

/**
 * What somebody who works at a practice does in its vendor's system, by the calls that clients have, too. Every one
 * rejects with a Refusal when the system did not do it.
 */
export interface Door {
  book(patient: number, slot: Slot): Promise<void>;
  /** Moves a visit into a free slot of the same practitioner, for as long as it is. */
  move(visit: Appointment, slot: Slot): Promise<void>;
  cancel(visit: Appointment): Promise<void>;
  checkIn(visit: Appointment): Promise<void>;
  /** `digits`: ten. */
  changeMobile(patient: number, digits: string): Promise<void>;
}

/** Where a door is, and until when it is used. */
export interface Doorway {
  readonly source: SourceEntry;
  readonly practice: Practice;
  readonly signal: AbortSignal;
}

/** What was not done: the system refused it, or did not answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(options?: ErrorOptions) {
    super('The system did not do it.', options);
  }
}

/** Longer than any call takes; a system that hangs is left alone. */
const LONGEST_MS = 10_000;

export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
}

export interface Sent {
  readonly status: number;
  readonly text: string;
}

/** One call; rejects with a Refusal when there is no answer. */
export const send = async ({ signal }: Doorway, url: string, { method = 'POST', ...rest }: Sending): Promise<Sent> => {
  try {
    const until = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
    const answer = await fetch(url, { method, ...rest, signal: until });
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    throw new Refusal({ cause });
  }
};

/** The content of an answer under a status of success. @throws Refusal for any other answer */
export const contentOf = ({ status, text }: Sent): unknown => {
  if (status < 200 || status > 299) throw new Refusal();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new Refusal({ cause });
  }
};

/** `11/24/2026` and `09:30` on the clock of a zone. */
export const wallTime = (instant: string, zone: string): { readonly date: string; readonly time: string } => {
  const [year, month, day] = dateIn(instant, zone).split('-');
  return { date: `${month}/${day}/${year}`, time: timeIn(instant, zone) };
};
