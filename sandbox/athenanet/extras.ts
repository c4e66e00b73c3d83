/** A note of an appointment. Times are instants. */
export interface Note {
  readonly id: number;
  readonly text: string;
  readonly displayOnSchedule: boolean;
  readonly createdAt: string;
}

/** What athenaNet keeps of an appointment beyond what a Practice says. */
export interface VisitExtra {
  /** There when it was cancelled by a call; with the number of the practice's reason, where one was given. */
  readonly cancelled?: { readonly reasonId?: number | undefined } | undefined;
  /** Number of the appointment in its place. */
  readonly rescheduledTo?: number | undefined;
  readonly notes?: readonly Note[];
  readonly checkInStartedAt?: string | undefined;
  readonly checkedInAt?: string | undefined;
  readonly checkedOutAt?: string | undefined;
  readonly urgent?: boolean;
  readonly supervisingProviderId?: number;
}

/** What athenaNet keeps of a document beyond what a Practice says. */
export interface DocumentExtra {
  readonly documentClass: string;
  readonly departmentId?: number | undefined;
}

/** What was written through the API and has no place in a Practice; it lives as long as the simulator. */
export class Extras {
  readonly #visits = new Map<number, VisitExtra>();
  readonly #documents = new Map<number, DocumentExtra>();
  /** Numbers of open slots that became appointments; none is given twice. */
  readonly #used = new Set<number>();
  #notes = 0;

  visit(id: number): VisitExtra {
    return this.#visits.get(id) ?? {};
  }

  setVisit(id: number, set: VisitExtra): void {
    this.#visits.set(id, { ...this.visit(id), ...set });
  }

  document(id: number): DocumentExtra | undefined {
    return this.#documents.get(id);
  }

  setDocument(id: number, extra: DocumentExtra): void {
    this.#documents.set(id, extra);
  }

  /** Whether an appointment was made through the API. */
  isUsed(number: number): boolean {
    return this.#used.has(number);
  }

  use(number: number): void {
    this.#used.add(number);
  }

  /** Counts notes from 1. */
  nextNote(): number {
    this.#notes += 1;
    return this.#notes;
  }
}
