import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen, type Received, type Reply } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import type { Commands } from '../../../schema/commands.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, GUIDE, recordOf, wanted } from '../fixture/world.ts';
import { attempt, carryOut, overheard, refusedPaths, writerOf } from '../fixture/writing.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async () => {
  const played = unitySimulator({ practice: practice(), now: () => NOW });
  const { behaviour, bodies } = overheard<Received, Reply | Promise<Reply>, typeof played>(played);
  const simulator = await listen(behaviour);
  const connected = await connectWorld<Fault>(simulator, GUIDE, UNITY_SIGN_IN, { timeoutMs: 500 });
  closing.push(connected.close);
  return { ...connected, commits: simulator.commits, bodies };
};

const BOOKING: Commands['bookAppointment'] = {
  patient: '10',
  practitioner: '68',
  start: '2025-06-18T14:00:00Z',
  minutes: 30,
  reason: 'PHYSICAL',
};

describe('a booking in the guide’s dialect', () => {
  it('is on the wire what the guide prints, with its six parameters', async () => {
    const { connector, bodies } = await world();
    const one = attempt();
    await carryOut(connector, 'bookAppointment', BOOKING, one);
    expect(one.departed).toEqual(['RunRequest SaveAppointment']);
    const parameters = [...(bodies.at(-1) ?? '').matchAll(/<Name>(.*?)<\/Name><Value>(.*?)<\/Value>/g)].map(
      ([, name, value]) => [name, value],
    );
    expect(parameters).toEqual([
      ['PatientID', '10'],
      ['ProviderID', '68'],
      ['AppointmentDate', '06/18/2025'],
      ['AppointmentTime', '09:00'],
      ['Duration', '30'],
      ['ReasonCode', 'PHYSICAL'],
    ]);
    expect(bodies.at(-1)).toContain('<Action>SaveAppointment</Action>');
  });

  it('reads back as it was meant', async () => {
    const { connector, commits } = await world();
    const { key } = await carryOut(connector, 'bookAppointment', BOOKING);
    expect(commits).toHaveLength(1);
    const [found] = await connector.read.Appointment(
      [wanted(key)],
      operation(() => NOW),
    );
    expect(recordOf(found)).toMatchObject({
      patientKey: '10',
      practitionerKey: '68',
      start: BOOKING.start,
      minutes: 30,
      status: 'BOOKED',
      reason: { text: 'PHYSICAL' },
    });
  });

  it.each<[string, Partial<Commands['bookAppointment']>, object]>([
    ['taken time', { start: '2025-06-12T14:00:00Z' }, { code: 'SLOT_TAKEN' }],
    ['nobody', { patient: '999' }, { code: 'VALIDATION', issues: [{ path: ['patient'] }] }],
    [
      'a provider who is not there',
      { practitioner: '999' },
      { code: 'VALIDATION', issues: [{ path: ['practitioner'] }] },
    ],
  ])('is refused for %s', async (_, more, error) => {
    const { connector, commits } = await world();
    await expect(carryOut(connector, 'bookAppointment', { ...BOOKING, ...more })).rejects.toMatchObject(error);
    expect(commits).toEqual([]);
  });

  it('cannot carry a slot, a place, a type or a note', async () => {
    const { connector, simulator } = await world();
    const input = { patient: '10', slot: 'CLARKE|1|2025-06-13|540|60', location: '1', type: '2', note: 'x' };
    expect(refusedPaths(connector, { kind: 'bookAppointment', input })).toEqual([
      'practitioner',
      'start',
      'slot',
      'location',
      'type',
      'note',
    ]);
    expect(simulator.calls).toEqual([]);
  });

  it('whose answer was lost is not sure', async () => {
    const { connector, simulator, commits } = await world();
    simulator.fault({ kind: 'lose', match: 'RunRequest SaveAppointment' });
    const one = attempt();
    await expect(carryOut(connector, 'bookAppointment', BOOKING, one)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(one.departed).toHaveLength(1);
    expect(commits).toHaveLength(1);
  });
});

describe('a document in the guide’s dialect', () => {
  const input: Commands['saveDocument'] = {
    patient: '10',
    type: 'sLETTER',
    contentType: 'application/pdf',
    content: Buffer.from('%PDF').toString('base64'),
  };

  it('is saved in one request; a title has no place in it, and that is told', async () => {
    const { connector, commits } = await world();
    const one = attempt();
    const { key, warnings } = await carryOut(connector, 'saveDocument', { ...input, title: 'Thanks' }, one);
    expect(one.departed).toEqual(['RunRequest SaveClinicalDocument']);
    expect(warnings).toMatchObject([{ path: ['title'] }]);
    expect(commits).toMatchObject([{ id: Number(key), record: { content: input.content, type: 'sLETTER' } }]);
  });

  it('cannot be looked up', async () => {
    const { connector } = await world();
    const seen = await writerOf(connector, 'saveDocument').find?.(input, attempt().sending);
    expect(seen).toMatchObject({ kind: 'unclear' });
  });

  it('is planned without its content', async () => {
    const { connector } = await world();
    expect(writerOf(connector, 'saveDocument').plan(input)).toEqual([
      {
        vendorCall: 'RunRequest SaveClinicalDocument',
        fields: [
          { name: 'PatientID', value: '***' },
          { name: 'DocumentType', value: 'sLETTER' },
          { name: 'DocumentContent', value: '***' },
        ],
      },
    ]);
  });
});
