import type { ServerResponse } from 'node:http';
import { type VendorServer, vendorServer } from '../../upstream/fixture/server.ts';

/** How one attempt goes. */
export type Course = 'answer' | 'status 500' | 'status 503' | 'hang' | 'reset';

export interface Vendor extends Pick<VendorServer, 'url' | 'close'> {
  /** When each attempt came, milliseconds, in order. */
  readonly arrivals: readonly number[];
  /** The same by the path that was asked for. */
  readonly byPath: ReadonlyMap<string, number>;
  /** How attempts go from now on. */
  behave(course: () => Course): void;
  /** Counts from nothing. */
  forget(): void;
}

const go = (course: Course, response: ServerResponse): void => {
  if (course === 'hang') return;
  if (course === 'reset') response.socket?.destroy();
  else response.writeHead(course === 'answer' ? 200 : Number(course.slice('status '.length))).end('{}');
};

/** A vendor that answers after some milliseconds, or misbehaves as it is told, and counts. */
export const startVendor = async (delayMs: number): Promise<Vendor> => {
  const arrivals: number[] = [];
  const byPath = new Map<string, number>();
  let course = (): Course => 'answer';
  const { url, close } = await vendorServer((request, response) => {
    const path = request.url ?? '';
    arrivals.push(performance.now());
    byPath.set(path, (byPath.get(path) ?? 0) + 1);
    setTimeout(() => go(course(), response), delayMs);
  });
  return {
    url,
    close,
    arrivals,
    byPath,
    behave: (next) => {
      course = next;
    },
    forget: () => {
      arrivals.length = 0;
      byPath.clear();
    },
  };
};

/** The most arrivals that any second holds, wherever it begins. */
export const mostInASecond = (arrivals: readonly number[]): number => {
  let most = 0;
  let first = 0;
  for (const [last, at] of arrivals.entries()) {
    while ((arrivals[first] ?? at) <= at - 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
};
