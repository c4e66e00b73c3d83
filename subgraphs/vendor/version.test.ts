import { expect, it } from 'vitest';
import type { Mapped } from '../../schema/records.ts';
import { versionFields, versionOf } from './version.ts';

const record = { status: 'BOOKED', start: '2026-12-01T15:00:00Z', minutes: 20, patientKey: '7', note: 'a' };
const visit = (more: object = {}) => ({ ...record, ...more }) as Mapped<'Appointment'>;
const of = (more: object = {}) => versionOf('Appointment', { record: visit(more), covers: 'all' });

it('is the vendor’s own where it has one', () => {
  expect(of({ version: { versionId: '3' } })).toBe('3');
});

it.each([
  ['the state', { status: 'CANCELLED' }],
  ['the start', { start: '2026-12-01T16:00:00Z' }],
  ['the patient', { patientKey: '8' }],
])('is another one when %s is another', (_what, more) => {
  expect(of(more)).not.toBe(of());
});

it('stays when only something else is another', () => {
  expect(of({ note: 'b' })).toBe(of());
});

it('is not told of a record that is known in part', () => {
  const part = (covers: ReadonlySet<string>) => versionOf('Appointment', { record: visit(), covers });
  expect(part(new Set(['status']))).toBeUndefined();
  expect(part(new Set(versionFields('Appointment')))).toBe(of());
});
