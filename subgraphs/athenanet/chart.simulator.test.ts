import { beforeAll, describe, expect, it } from 'vitest';
import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN, athenanetSimulator } from '../../sandbox/athenanet/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import { listen } from '../../sandbox/server.ts';
import { all, type Bed, connect, everybody, fields, found, records, signedIn } from './testbed.ts';

/** The whole way, against the sandbox’s athenaNet: what the practice knows is what the graph says. */
const { athenanet: truth } = generatePractices({ seed: 20_261_120, now: '2026-11-20T15:00:00Z' });
const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e3 };
const behaviour = athenanetSimulator({ practice: truth, now: Date.now, limits: LIMITS });
const hidden = behaviour.notRepresentable();
const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };
let bed: Bed;
beforeAll(async () => {
  const simulator = await listen(behaviour);
  const connected = connect(signedIn(simulator.url, SIGN_IN, truth.timeZone));
  bed = connected;
  return async () => {
    await connected.close();
    await simulator.close();
  };
});

describe('observations', () => {
  const shown = truth.observations.filter(({ id }) => !hidden.observations.includes(id));
  /** Vitals have a day for a time at athenaNet, so the day is what can be compared. */
  const day = (instant: string | null | undefined) =>
    new Intl.DateTimeFormat('en-CA', { timeZone: truth.timeZone, dateStyle: 'short' }).format(new Date(instant ?? 0));

  it('of every patient are those of the practice, each once', async () => {
    bed.calls();
    const list = records(await bed.connector.patientObservations(everybody(truth.patients, {}), bed.call));
    const summary = (patient: string, code: string | undefined, at: string | null | undefined) =>
      `${patient} ${code} ${day(at)}`;
    expect(
      list
        .map(({ patientKey, code, effective }) =>
          summary(patientKey ?? '', code.codings[0]?.code ?? code.text ?? '', effective?.start),
        )
        .sort(),
    ).toEqual(shown.map(({ patientId, code, effective }) => summary(String(patientId), code.code, effective)).sort());
    expect(
      Object.fromEntries([...Map.groupBy(bed.calls(), (name) => name)].map(([name, list]) => [name, list.length])),
    ).toMatchObject({
      'GET /chart/{id}/vitals': truth.patients.length,
      'GET /chart/{id}/labresults': truth.patients.length,
    });
  });

  it('that are laboratory results have their values, comparators and flags', async () => {
    const list = records(
      await bed.connector.patientObservations(everybody(truth.patients, { category: 'laboratory' }), bed.call),
    );
    const text = (value: (typeof list)[number]['value']) =>
      value?.__typename === 'Quantity'
        ? `${value.comparator ?? ''}${value.value}`
        : value?.__typename === 'TextValue'
          ? value.text
          : null;
    const labs = shown.filter(({ category }) => category === 'laboratory');
    const expected = labs.map(({ patientId, code, value, interpretation }) => [
      String(patientId),
      code.code,
      value === undefined
        ? null
        : value.kind === 'quantity'
          ? `${value.comparator ?? ''}${value.value}`
          : value.kind === 'text'
            ? value.text
            : value.code.display,
      interpretation,
    ]);
    const actual = list.map(({ patientKey, code, value, interpretations }) => [
      patientKey,
      code.codings[0]?.code,
      text(value),
      interpretations[0]?.codings[0]?.code,
    ]);
    const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(actual)).toEqual(sorted(expected));
  });

  it('are found again by their keys', async () => {
    const listed = records(
      await bed.connector.patientObservations(everybody(truth.patients, {}).slice(0, 3), bed.call),
    );
    bed.calls();
    const read = all(
      await bed.connector.read.Observation(
        listed.map(({ key }) => ({ key, fields: fields('value') })),
        bed.call,
      ),
    );
    expect(read.map(({ record }) => record)).toEqual(listed);
    expect(bed.calls()).toEqual([]); // their lists came a moment ago
  });
});

describe('claims', () => {
  const shown = truth.claims.filter(({ id }) => !hidden.claims.includes(id));
  const cents = (...amounts: readonly (string | undefined)[]) =>
    amounts.reduce((sum, one) => sum + Math.round(Number(one ?? 0) * 100), 0);

  it('of every patient are those of the practice, with what was paid', async () => {
    const pages = all(await bed.connector.patientClaims(everybody(truth.patients, {}), bed.call));
    const items = pages.flatMap((page) => [...page.items]);
    expect(items.map(({ record }) => record.key).sort()).toEqual(shown.map(({ id }) => String(id)).sort());
    const wanted = items.map((known) => ({ key: known.record.key, fields: fields('payer', 'totalPaid'), known }));
    const read = new Map(
      all(await bed.connector.read.Claim(wanted, bed.call)).map(({ record }) => [record.key, record]),
    );
    for (const claim of shown) {
      const record = found(read.get(String(claim.id)));
      expect({
        ...record,
        totalCharge: cents(record.totalCharge?.value),
        totalPaid: cents(record.totalPaid?.value),
      }).toMatchObject({
        patientKey: String(claim.patientId),
        payer: claim.payer ?? null,
        totalCharge: cents(claim.totalCharge),
        totalPaid: cents(claim.insurancePaid, claim.patientPaid),
        diagnoses: claim.diagnoses.map(({ code }) => ({ codings: [{ code }] })),
        lines: claim.lines.map(({ procedure, modifiers, date }) => ({
          procedure: { codings: [{ code: procedure.code }] },
          modifiers: modifiers.map((code) => ({ code })),
          serviceDate: date,
        })),
      });
    }
  });

  it('of a month are one call', async () => {
    bed.calls();
    const page = await bed.connector.searchClaims({ from: '2026-10-01', to: '2026-10-31' }, { first: 100 }, bed.call);
    const inside = shown.filter(({ serviceStart }) => serviceStart >= '2026-10-01' && serviceStart <= '2026-10-31');
    expect(page.items.map(({ record }) => record.key).sort()).toEqual(inside.map(({ id }) => String(id)).sort());
    expect(bed.calls()).toEqual(['GET /claims']);
  });
});
