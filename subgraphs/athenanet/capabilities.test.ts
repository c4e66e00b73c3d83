import { expect, it } from 'vitest';
import { COMMANDS, type Command, type CommandKind, capabilityFor } from '../../schema/commands.ts';
import { capabilitiesOf } from './capabilities.ts';
import { connect } from './testbed.ts';

const KINDS = Object.keys(COMMANDS) as CommandKind[];

it.each(['platform', 'guide'])('promises exactly what can be written (%s)', async (dialect) => {
  const bed = connect({ baseUrl: 'http://127.0.0.1:9', dialect });
  const { capabilities, writers } = bed.connector;
  await bed.close();
  const levelOf = (command: Command) => {
    const { type, capability } = capabilityFor(command);
    return capabilities.find((row) => row.type === type && row.capability === capability)?.level;
  };
  for (const kind of KINDS) {
    const level = levelOf({ kind, input: {} } as Command);
    expect([kind, level !== undefined && level !== 'UNSUPPORTED']).toEqual([kind, writers[kind] !== undefined]);
  }
  expect(levelOf({ kind: 'recordObservation', input: { corrects: '1' } } as Command)).toBe('EMULATED');
  expect(capabilities).toEqual(capabilitiesOf(bed.source));
});

it('gives a reason for whatever is not native, and each only once', async () => {
  const bed = connect({ baseUrl: 'http://127.0.0.1:9' });
  const rows = capabilitiesOf(bed.source);
  await bed.close();
  expect(rows.filter(({ level, note }) => level !== 'NATIVE' && !note)).toEqual([]);
  const names = rows.map(({ type, capability }) => `${type} ${capability}`);
  expect(names).toEqual([...new Set(names)]);
});
