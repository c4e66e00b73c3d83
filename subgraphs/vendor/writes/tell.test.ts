import { expect, it } from 'vitest';
import type { Mapped } from '../../../schema/records.ts';
import { all } from '../../../test/store/changes.ts';
import { draftOf, fingerprintOf } from '../changes/notice.ts';
import type { Desk } from './fixture/desk.ts';
import { desks } from './fixture/desks.ts';
import { START, visit } from './fixture/plain.ts';

const { deskWith } = desks();

const open = (vendor?: Parameters<typeof deskWith>[0]): Desk => {
  const desk = deskWith(vendor);
  desk.open({ changes: desk.store.changes });
  desk.office.appointments.set('1', visit('1'));
  return desk;
};
/** What the stream tells of the desk. */
const told = async ({ store, source }: Desk) =>
  (await all(store.changes, undefined))
    .filter((row) => row.source === source)
    .map(({ key, kind, cause, fingerprint }) => ({ key, kind, cause, fingerprint }));
const says = (record: Mapped<'Appointment'> | undefined): string =>
  record === undefined ? 'gone' : fingerprintOf('Appointment', record);

it('tells what a write made of its record', async () => {
  const desk = open();
  await desk.write('cancelAppointment', { key: '1' });
  const fingerprint = says(visit('1', { status: 'CANCELLED' }));
  expect(await told(desk)).toEqual([{ key: '1', kind: 'UPDATED', cause: 'WRITE', fingerprint }]);
});

it('tells that a record is gone under the key that it had', async () => {
  const desk = open((office) => ({
    rescheduleAppointment: {
      plan: () => [],
      send: (_input, sending) =>
        office.send('move', sending, () => {
          office.appointments.delete('1');
          office.appointments.set('2', visit('2'));
          return { key: '2' };
        }),
    },
  }));
  await desk.write('rescheduleAppointment', { key: '1', start: START });
  expect(await told(desk)).toEqual([
    { key: '1', kind: 'DELETED', cause: 'WRITE', fingerprint: 'gone' },
    { key: '2', kind: 'CREATED', cause: 'WRITE', fingerprint: says(visit('2')) },
  ]);
});

it('does not make a record twice that somebody told of before it was read back', async () => {
  const desk = open((office) => ({
    rescheduleAppointment: {
      plan: () => [],
      send: async (_input, sending) => {
        const shown = visit('2', { minutes: 45 });
        const sent = await office.send('move', sending, () => {
          office.appointments.delete('1');
          office.appointments.set('2', visit('2'));
          return { key: '2' };
        });
        const made = { type: 'Appointment', key: '2', kind: 'CREATED' } as const;
        await desk.store.changes.append([draftOf(made, shown, 'WEBHOOK', desk.source)]);
        return sent;
      },
    },
  }));
  await desk.write('rescheduleAppointment', { key: '1', start: START });
  expect((await told(desk)).map(({ key, kind, cause }) => [key, kind, cause])).toEqual([
    ['2', 'CREATED', 'WEBHOOK'],
    ['1', 'DELETED', 'WRITE'],
    ['2', 'UPDATED', 'WRITE'],
  ]);
});

/** While the record is being read back after the write, a poll tells of it. */
const whileReadBack = (desk: Desk, polled: Mapped<'Appointment'>, now = polled): void => {
  const { office, store, source } = desk;
  office.after = () => {
    office.shows = (record) => {
      office.shows = (later) => later;
      office.appointments.set('1', now);
      void store.changes.append([draftOf({ type: 'Appointment', key: '1' }, polled, 'POLL', source)]);
      return record;
    };
  };
};

it('does not tell of its record after somebody else told what became of it since', async () => {
  const desk = open();
  const newer = visit('1', { status: 'CANCELLED', minutes: 45 });
  whileReadBack(desk, newer);
  await desk.write('cancelAppointment', { key: '1' });
  expect(await told(desk)).toEqual([{ key: '1', kind: 'UPDATED', cause: 'POLL', fingerprint: says(newer) }]);
});

it('tells of its record again when somebody told meanwhile what it was before', async () => {
  const desk = open();
  const [older, written] = [visit('1'), visit('1', { status: 'CANCELLED' })];
  whileReadBack(desk, older, written);
  await desk.write('cancelAppointment', { key: '1' });
  expect((await told(desk)).map(({ cause, fingerprint }) => [cause, fingerprint])).toEqual([
    ['POLL', says(older)],
    ['WRITE', says(written)],
  ]);
});
