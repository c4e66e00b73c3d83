import { describe, expect, it } from 'vitest';
import { currentOf, read, sent, world } from '../../../test/unity/appointments.ts';
import { attempt, carryOut, refusedPaths, writerOf } from '../fixture/writing.ts';

describe('an appointment', () => {
  it.each([
    ['cancelAppointment', 'CANCELLED', '<Parameter2>X<'],
    ['checkInAppointment', 'ARRIVED', '<Parameter2>K<'],
    ['markNoShow', 'NO_SHOW', '<Parameter2>N<'],
  ] as const)('is changed by %s to %s', async (kind, status, letter) => {
    const { connector, bodies, commits } = await world();
    expect(await carryOut(connector, kind, { key: '101' })).toEqual({ key: '101' });
    expect(await read(connector, '101')).toMatchObject({ status });
    const request = sent(bodies, 'SetAppointmentStatus');
    expect(request).toContain(letter);
    // 11:00 of the twelfth of June on the practice's clock
    expect(request).toContain('<Parameter3>0612</Parameter3><Parameter4>1100</Parameter4>');
    expect(commits).toHaveLength(1);
  });

  it('is cancelled for a reason of the practice’s list, and tells of one that is not on it', async () => {
    const { connector, bodies, commits } = await world();
    expect(await carryOut(connector, 'cancelAppointment', { key: '101', reason: 'weather' })).toEqual({ key: '101' });
    expect(commits.at(-1)?.record).toMatchObject({ cancellationReason: 'Weather' });
    const lost = await carryOut(connector, 'cancelAppointment', { key: '103', reason: 'The bus was late' });
    expect(lost).toMatchObject({ key: '103', warnings: [{ path: ['reason'] }] });
    expect(sent(bodies, 'SetAppointmentStatus')).not.toContain('bus');
  });
});

describe('what is refused', () => {
  it('is an appointment in a state that allows no change, and one that is not there', async () => {
    const { connector, commits } = await world();
    await expect(carryOut(connector, 'cancelAppointment', { key: '106' })).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    await expect(carryOut(connector, 'markNoShow', { key: '9999' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const over = attempt(await currentOf(connector, '106'));
    await expect(
      carryOut(connector, 'rescheduleAppointment', { key: '106', start: '2025-06-20T15:00:00Z' }, over),
    ).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(commits).toEqual([]);
  });

  it.each(['10|68|2025-06-12|09:00', 'S7|2025-06-12'])(
    'is a change of an appointment that only a schedule knows: %s',
    async (key) => {
      const { connector } = await world();
      for (const kind of ['cancelAppointment', 'rescheduleAppointment'] as const)
        expect(refusedPaths(connector, { kind, input: { key } })).toEqual(['id']);
    },
  );
});

describe('a change of state', () => {
  it('whose answer was lost is not sure, and was sent once', async () => {
    const { connector, simulator, commits } = await world();
    simulator.fault({ kind: 'lose', match: 'Magic SetAppointmentStatus' });
    const one = attempt();
    await expect(carryOut(connector, 'markNoShow', { key: '101' }, one)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(one.departed).toEqual(['Magic SetAppointmentStatus']);
    expect(commits).toHaveLength(1);
  });

  it('is planned with its letter and no reason', async () => {
    const { connector, simulator } = await world();
    expect(writerOf(connector, 'cancelAppointment').plan({ key: '101', reason: 'Weather' })).toEqual([
      {
        vendorCall: 'Magic SetAppointmentStatus',
        fields: [
          { name: 'Appointment_ID', value: '***' },
          { name: 'Status', value: 'X' },
          { name: 'Date', value: '(now)' },
          { name: 'Time', value: '(now)' },
          { name: 'Reason', value: '***' },
        ],
      },
    ]);
    expect(simulator.calls).toEqual([]);
  });
});
