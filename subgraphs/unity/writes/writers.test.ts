import { afterEach, describe, expect, it } from 'vitest';
import { random } from '../../../sandbox/population/random.ts';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import {
  COMMANDS,
  type Command,
  type CommandKind,
  capabilityFor,
  type PatientFields,
} from '../../../schema/commands.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, DIALECTS, MAGIC, recordOf, wanted, without } from '../fixture/world.ts';
import { carryOut } from '../fixture/writing.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async (dialect: (typeof DIALECTS)[number], licensed?: ReadonlySet<string>) => {
  const simulator = await listen(
    unitySimulator({ practice: practice(), now: () => NOW, ...(licensed === undefined ? {} : { licensed }) }),
  );
  const connected = await connectWorld<Fault>(simulator, dialect, UNITY_SIGN_IN);
  closing.push(connected.close);
  return { ...connected, commits: simulator.commits };
};

describe.each(DIALECTS)('what can be written over %s', (dialect) => {
  it.each(Object.keys(COMMANDS) as CommandKind[])('is said beforehand of %s', async (kind) => {
    const { connector } = await world(dialect);
    const { type, capability } = COMMANDS[kind];
    const rows = connector.capabilities.filter((row) => row.type === type && row.capability === capability);
    expect(rows).toHaveLength(1);
    expect(connector.writers[kind] !== undefined).toBe(rows[0]?.level !== 'UNSUPPORTED');
    if (rows[0]?.level === 'UNSUPPORTED') expect(rows[0].note).toBeTruthy();
  });

  it('is no correction of a result', async () => {
    const { connector } = await world(dialect);
    const correction = { kind: 'recordObservation', input: { corrects: 'x' } } as unknown as Command;
    const { type, capability } = capabilityFor(correction);
    expect(connector.capabilities.find((row) => row.type === type && row.capability === capability)).toMatchObject({
      level: 'UNSUPPORTED',
    });
  });
});

describe('without Practice Management in the licence', () => {
  it('nothing is written, and that is told as unsupported', async () => {
    const { connector, commits } = await world(MAGIC, without('SetAppointmentStatus', 'SavePatient'));
    for (const attempted of [
      () => carryOut(connector, 'cancelAppointment', { key: '101' }),
      () => carryOut(connector, 'updatePatient', { key: '10', patient: { firstName: 'A' }, clear: [] }),
    ])
      await expect(attempted()).rejects.toMatchObject({ code: 'UNSUPPORTED_BY_VENDOR' });
    expect(commits).toEqual([]);
  });
});

const PIECES = [
  'a',
  'Ö',
  'ñ',
  '🩺',
  ' ',
  '"',
  "'",
  '&',
  '<',
  '>',
  ';',
  '|',
  ',',
  '-',
  '&amp;',
  '<b>',
  ']]>',
  '7',
  '\\',
  '%',
  '=',
  '{x}',
];

describe('any text', () => {
  it('of a person comes back as it was sent', async () => {
    const seed = Number(process.env.SEED ?? 261_121);
    const dice = random(seed);
    const text = () => `x${Array.from({ length: dice.int(1, 12) }, () => dice.pick(PIECES)).join('')}y`;
    const { connector } = await world(MAGIC);
    for (let round = 0; round < 60; round += 1) {
      const patient: PatientFields = {
        firstName: text(),
        lastName: text(),
        dateOfBirth: '1990-02-03',
        gender: 'FEMALE',
        address: { line1: text(), line2: text(), city: text() },
      };
      const { key } = await carryOut(connector, 'createPatient', { patient, onDuplicate: 'FAIL' });
      const [found] = await connector.read.Patient(
        [wanted(key)],
        operation(() => NOW),
      );
      const { firstName, lastName, address } = recordOf(found);
      const kept = [firstName, lastName, address?.line1, address?.line2, address?.city];
      const meant = [
        patient.firstName,
        patient.lastName,
        patient.address?.line1,
        patient.address?.line2,
        patient.address?.city,
      ];
      expect(kept, `seed ${seed}`).toEqual(meant);
    }
  });
});
