import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Loaded, loadNdjson } from '../load.ts';
import { reasons, unaccounted } from './fixture/account.ts';

const NOW = '2026-11-18T15:00:00Z';
const SHARED = resolve(import.meta.dirname, '../../../shared/data/fhir');
const PRESENT = existsSync(SHARED);
if (!PRESENT) process.stdout.write('Skipped: loading the shared FHIR export, which is not beside this repository.\n');

describe.skipIf(!PRESENT)('the shared export', () => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await loadNdjson(
      ['synthea', 'generated'].map((folder) => resolve(SHARED, folder)),
      { now: NOW },
    );
  });

  it('is loaded with exactly these counts', () => {
    const counts = loaded.report.types.map(({ type, lines, loaded: { unity, athenanet, fhir } }) => [
      type,
      lines,
      unity,
      athenanet,
      fhir,
    ]);
    expect(counts).toEqual([
      ['Appointment', 485, 458, 458, 485],
      ['Claim', 2604, 2604, 2604, 2604],
      ['Condition', 694, 0, 0, 694],
      ['Coverage', 154, 154, 154, 154],
      ['DiagnosticReport', 311, 0, 0, 311],
      ['Encounter', 2112, 0, 0, 2112],
      ['ExplanationOfBenefit', 480, 480, 480, 480],
      ['Location', 77, 77, 77, 77],
      ['Observation', 5943, 5943, 5943, 5943],
      ['Organization', 77, 0, 0, 77],
      ['Patient', 120, 120, 120, 120],
      ['Practitioner', 77, 77, 77, 77],
      ['Schedule', 24, 0, 0, 24],
      ['Slot', 480, 200, 200, 480],
    ]);
    expect(unaccounted(loaded)).toEqual([]);
    expect(reasons(loaded, 'Appointment')).toEqual({
      'has no start': 17,
      'names its patient by an identifier that no patient in the files has': 10,
    });
  });

  it('has in the Practice what the report says', () => {
    const { patients, practitioners, locations, appointments, slots, observations, claims } = loaded.practice;
    const counts = [patients, practitioners, locations, appointments, slots, observations, claims].map(
      (list) => list.length,
    );
    expect(counts).toEqual([120, 77, 77, 458, 200, 5943, 2604]);
    expect(patients.reduce((sum, { coverages }) => sum + coverages.length, 0)).toBe(154);
    expect(claims.filter(({ insurancePaid }) => insurancePaid !== undefined)).toHaveLength(480);
    expect(claims.filter(({ status }) => status === 'paid')).toHaveLength(334);
    expect(claims.reduce((sum, { diagnoses }) => sum + diagnoses.length, 0)).toBe(694);
    expect(patients.filter(({ deceased }) => deceased !== undefined)).toHaveLength(16);
    expect(observations.filter(({ components }) => components.length === 2)).toHaveLength(539);
  });
});
