import { expect, it } from 'vitest';
import { wallClock } from './wall-clock.ts';

const instant = wallClock('America/New_York');

it.each([
  ['2025-06-15T09:00:00.000', '2025-06-15T13:00:00Z'],
  ['2025-01-15T09:00:00.000', '2025-01-15T14:00:00Z'],
  ['2025-03-09T01:59:00.000', '2025-03-09T06:59:00Z'],
  ['2025-03-09T02:00:00.000', undefined],
  ['2025-03-09T02:59:00.000', undefined],
  ['2025-03-09T03:00:00.000', '2025-03-09T07:00:00Z'],
  ['2025-11-02T01:30:00.000', '2025-11-02T05:30:00Z'],
  ['2025-11-02T02:00:00.000', '2025-11-02T07:00:00Z'],
])('takes %s in New York for %s', (local, at) => {
  expect(instant(local)).toBe(at);
});
