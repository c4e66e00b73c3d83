import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../sandbox/ledger.ts';
import type { Graph } from '../harness.ts';
import { commitsOf, SOURCES, startClinic, write } from './clinic.ts';
import { booked, newBooking, newDocument, newPerson, newPressure } from './deeds.ts';
import { type Ground, groundAt, groundsOf } from './ground.ts';

let graph: Graph;
let grounds: readonly Ground[];
beforeAll(async () => {
  graph = await startClinic();
  grounds = await groundsOf(graph);
});
afterAll(() => graph.close());

/** Moments at which the clocks of these zones are changed, and the hour that they show twice. */
const CLOCKS: Readonly<Record<string, { readonly change: string; readonly twice: readonly [string, string] }>> = {
  'America/Chicago': { change: '2027-03-14T08:00:00Z', twice: ['2027-11-07T06:30:00Z', '2027-11-07T07:30:00Z'] },
  'America/New_York': { change: '2027-03-14T07:00:00Z', twice: ['2027-11-07T05:30:00Z', '2027-11-07T06:30:00Z'] },
};
const YEARS = { 2027: '2025', '03-14': '03-09', '11-07': '11-02' } as const;
/** The same change of the clocks in 2025: results are of the past. */
const past = (instant: string): string =>
  Object.entries(YEARS).reduce((text, [from, to]) => text.replace(from, to), instant);

const TEXTS = [
  ['quotes, ampersands and angle brackets', `He said "it's <fine>" & left; 5 < 6 > 4`],
  ['what looks like markup', ']]> &amp; <!-- -- --> &#65; <![CDATA[x]]> {"a": [1]} 50% \\n $& ${x}'],
  ['line breaks', 'line one\nline two\n\nline four'],
  ['letters of other alphabets', 'naïve Ægir Łódź Ελένη Ольга 李小龍 عمر'],
  ['characters beyond the basic plane', 'good 😀 👩‍👩‍👧 𝒳'],
] as const;
const NAMES = [
  ['quotes and ampersands', 'Zoë "Zed" & Co', "O'Neil-Ünal"],
  ['angle brackets', 'Bob <Bobby>', '<Sons>'],
  ['other alphabets', '小龍', 'Ødegård Ольга'],
  ['characters beyond the basic plane', 'Ada 😀', 'Smile 😀'],
] as const;

describe.each(SOURCES)('$source', (place) => {
  let ground: Ground;
  let clock: (typeof CLOCKS)[string];
  beforeAll(() => {
    ground = groundAt(grounds, place);
    const zone = graph.sandbox.config.sources.find(({ id }) => id === place.source)?.timeZone ?? '';
    const found = CLOCKS[zone];
    if (found === undefined) throw new Error('The clocks of this zone are not known here.');
    clock = found;
  });

  /** The answer, and what the vendor has committed of that type. */
  const committed = async (type: Commit['type'], mutation: string, input: object) => {
    const from = commitsOf(graph, place).length;
    const result = await write(graph, mutation, { ...input });
    const commits = commitsOf(graph, place)
      .slice(from)
      .filter((one) => one.type === type);
    return { result, records: commits.map(({ record }) => record as unknown as Readonly<Record<string, unknown>>) };
  };
  const minutesFrom = (instant: string, minutes: number): string =>
    new Date(Date.parse(instant) + minutes * 60_000).toISOString();

  it('keeps visits at the very moment, also next to a change of the clocks', async () => {
    const moments = [minutesFrom(clock.change, -30), clock.change, minutesFrom(clock.change, 30)];
    const around = [minutesFrom(clock.twice[0], -60), clock.twice[0], minutesFrom(clock.twice[1], 60)];
    for (const start of [...moments, ...around]) {
      const { result, records } = await committed('Appointment', 'bookAppointment', { ...newBooking(ground), start });
      expect(result).toMatchObject({ __typename: 'AppointmentSaved', write: { warnings: [] } });
      expect(Date.parse(result.appointment.start)).toBe(Date.parse(start));
      expect(records.map((record) => Date.parse(String(record.start)))).toEqual([Date.parse(start)]);
    }
  });

  it('keeps results at the very moment, also next to a change of the clocks', async () => {
    for (const moment of [clock.change, minutesFrom(clock.change, -1), clock.twice[0]]) {
      const effective = past(moment);
      const { result, records } = await committed('Observation', 'recordObservation', {
        ...{ ...newPressure(ground), effective },
      });
      expect(result).toMatchObject({ __typename: 'ObservationSaved', write: { warnings: [] } });
      // athenaNet keeps the day
      const off = place.vendor === 'athenanet' ? 86_400_000 : 0;
      for (const told of [result.observation.effective.start, records[0]?.effective])
        expect(Math.abs(Date.parse(String(told)) - Date.parse(effective))).toBeLessThanOrEqual(off);
    }
  });

  it('keeps the second of two equal hours, or refuses it where the vendor’s clock cannot tell it', async () => {
    const start = clock.twice[1];
    const { result, records } = await committed('Appointment', 'bookAppointment', { ...newBooking(ground), start });
    if (place.vendor === 'fhir') {
      expect(result).toMatchObject({ __typename: 'AppointmentSaved', write: { warnings: [] } });
      expect(records.map((record) => Date.parse(String(record.start)))).toEqual([Date.parse(start)]);
      return;
    }
    expect(result).toMatchObject({ __typename: 'ValidationFailed', issues: [{ path: ['start'] }] });
    expect(records).toEqual([]);
    const { appointment } = await write(graph, 'bookAppointment', newBooking(ground));
    expect(await committed('Appointment', 'rescheduleAppointment', { id: appointment.id, start })).toMatchObject({
      ...{ result: { __typename: 'ValidationFailed', issues: [{ path: ['start'] }] }, records: [] },
    });
  });

  it('refuses a visit that begins within a minute', async () => {
    const start = '2027-03-15T15:00:30Z';
    const { result, records } = await committed('Appointment', 'bookAppointment', { ...newBooking(ground), start });
    expect([result.__typename, records]).toEqual(['ValidationFailed', []]);
  });

  const asked = async (id: string) => {
    graph.forget();
    const query = 'query ($id: ID!) { appointment(id: $id) { reason { text } note } }';
    const { reason, note } = (await graph.ask(query, { id })).data.appointment;
    return [reason?.text, note];
  };

  it.each(TEXTS)('keeps %s in reasons and notes', async (_, text) => {
    for (const field of ['reason', 'note']) {
      const { result, records } = await committed('Appointment', 'bookAppointment', {
        ...{ ...newBooking(ground), [field]: text },
      });
      expect(result).toMatchObject({ __typename: 'AppointmentSaved', write: { state: 'CONFIRMED', warnings: [] } });
      expect(await asked(result.appointment.id)).toContain(text);
      expect([records[0]?.reason, records[0]?.note]).toContain(text);
    }
  });

  it.each(TEXTS)('keeps %s in the reason of a cancellation, or says that it does not', async (_, text) => {
    const id = await booked(graph, ground);
    const { result, records } = await committed('Appointment', 'cancelAppointment', { id, reason: text });
    expect(result).toMatchObject({ __typename: 'AppointmentSaved', appointment: { status: 'CANCELLED' } });
    const said = result.write.warnings.map(({ path }: { path: readonly string[] }) => path.join());
    expect(said.includes('reason') || records[0]?.cancellationReason === text).toBe(true);
  });

  it.each(NAMES)('keeps %s in names', async (_, firstName, ending) => {
    const { lastName: family = '', ...person } = newPerson(ground);
    const lastName = `${family} ${ending}`;
    const { result, records } = await committed('Patient', 'createPatient', {
      ...{ source: place.source, location: ground.location, patient: { ...person, firstName, lastName } },
    });
    expect(result).toMatchObject({
      ...{ __typename: 'PatientSaved', patient: { firstName, lastName }, write: { warnings: [] } },
    });
    expect(records).toMatchObject([{ first: firstName, last: lastName }]);
  });

  it('keeps every byte of a document', async () => {
    const content = Buffer.from(Uint8Array.from({ length: 1_021 }, (_, i) => (i * 7) % 256)).toString('base64');
    const { result, records } = await committed('Document', 'saveDocument', { ...newDocument(ground), content });
    expect(result).toMatchObject({ __typename: 'DocumentSaved', write: { warnings: [] } });
    expect(records).toMatchObject([{ content }]);
  });
});
