import { afterEach, describe, expect, it } from 'vitest';
import { outcome, PERSONAL, serve, VISIT } from '../fixtures/answering.ts';
import { type Asked, closeAll, start } from '../fixtures/server.ts';
import { carryOut, deskOf, readBack, sendingOf, writerOf } from '../fixtures/writing.ts';

afterEach(closeAll);

describe('a change', () => {
  it('sends a patch on condition of the version that was read', async () => {
    const { desk, writes } = await serve('GENERIC_FHIR', () => ({ status: 200 }));
    await carryOut(desk, 'cancelAppointment', { key: 'a1', reason: 'pat' });
    const [{ method, url, headers, body } = {} as Asked] = writes();
    expect([method, url]).toEqual(['PATCH', '/Appointment/a1']);
    expect(headers).toMatchObject({ 'content-type': 'application/json-patch+json', 'if-match': 'W/"7"' });
    expect(JSON.parse(body)).toEqual([
      { op: 'replace', path: '/status', value: 'cancelled' },
      {
        op: 'add',
        path: '/cancelationReason',
        value: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason', code: 'pat' }],
        },
      },
    ]);
  });

  it('sends the whole of it, as it was written, where the server takes no patch', async () => {
    const { desk, writes } = await serve('GENERIC_FHIR', ({ method }) => ({ status: method === 'PATCH' ? 405 : 200 }));
    await carryOut(desk, 'markNoShow', { key: 'a1' });
    const [, { method, headers, body } = {} as Asked] = writes();
    expect(method).toBe('PUT');
    expect(headers['if-match']).toBe('W/"7"');
    expect(body).toBe(VISIT.replaceAll('\n', '').replace('"booked"', '"noshow"'));
  });

  it('does so at no server that declares patches only', async () => {
    const { desk, writes } = await serve('CERNER', () => ({ status: 405 }));
    await expect(carryOut(desk, 'cancelAppointment', { key: 'a1' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_VENDOR',
    });
    expect(writes()).toHaveLength(1);
  });

  it('loses nothing of a patient', async () => {
    const { desk, writes } = await serve('GENERIC_FHIR', () => ({ status: 200 }));
    await carryOut(desk, 'updatePatient', { key: 'p1', patient: { lastName: 'Brown' }, clear: [] });
    const [{ method, body } = {} as Asked] = writes();
    expect(method).toBe('PUT');
    expect(body).toBe(PERSONAL.replace('"Lee"', '"Brown"'));
  });

  it('reads what it changes once more only when it was not read for this write', async () => {
    const { desk, call, connector, server } = await serve('GENERIC_FHIR', () => ({ status: 200 }));
    const input = { key: 'a1' };
    const sending = sendingOf(desk);
    const [found] = await connector.read.Appointment([{ key: 'a1', fields: new Set(['status']) }], sending.call);
    if (found == null || found instanceof Error) throw new Error('not found');
    await writerOf(desk, 'cancelAppointment').send(input, { ...sending, current: found });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
    expect(server.requests[0]?.headers['cache-control']).toBe('no-cache');
    const record = await readBack(desk, 'Appointment', 'a1');
    await writerOf(desk, 'cancelAppointment').send(input, { ...sending, current: { record, covers: 'all' } });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET', 'GET', 'PATCH']);
    expect(server.requests[2]?.headers['cache-control']).toBe(undefined);
    expect(call.departures).toBe(undefined);
  });

  it('is sent by nobody when nothing would change', async () => {
    const { desk, writes } = await serve('GENERIC_FHIR', () => ({ status: 200 }));
    await carryOut(desk, 'updatePatient', { key: 'p1', patient: { lastName: 'Lee' }, clear: ['email'] });
    expect(writes()).toEqual([]);
  });

  it.each<[what: string, body: object | string, ends: string]>([
    ['nothing', '', 'done'],
    ['the resource', { resourceType: 'Appointment', id: 'a1' }, 'done'],
    [
      'a remark',
      { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'informational' }] },
      'done',
    ],
    ['a failure', outcome('exception'), 'BAD_VENDOR_ANSWER'],
    ['another resource', { resourceType: 'Appointment', id: 'a2' }, 'BAD_VENDOR_ANSWER'],
    ['a page of a gateway', '<html>', 'BAD_VENDOR_ANSWER'],
  ])('that is answered 200 with %s is %s', async (_what, body, ends) => {
    const { desk } = await serve('GENERIC_FHIR', () => ({ status: 200, body }));
    const ended = await carryOut(desk, 'cancelAppointment', { key: 'a1' }).then(
      () => 'done',
      (thrown: { code: string }) => thrown.code,
    );
    expect(ended).toBe(ends);
  });
});

describe('a record that somebody else changed meanwhile', () => {
  /** The visit's version goes up with every read after the first `reads`. */
  const contested = async (more: string) => {
    let writes = 0;
    const source = await start('GENERIC_FHIR', ({ method }) => {
      if (method !== 'GET') {
        writes += 1;
        return { status: writes === 1 ? 412 : 200 };
      }
      return {
        body: writes === 0 ? VISIT : VISIT.replace('"versionId":"7"', '"versionId":"8"').replace('"id"', `${more}"id"`),
      };
    });
    return {
      desk: deskOf(source),
      source,
      writes: () => source.server.requests.filter(({ method }) => method === 'PATCH'),
    };
  };

  it('is changed once more when that is as right as before', async () => {
    const { desk, writes } = await contested('"comment":"x",');
    await carryOut(desk, 'cancelAppointment', { key: 'a1' });
    expect(writes().map(({ headers }) => headers['if-match'])).toEqual(['W/"7"', 'W/"8"']);
  });

  it('is left alone when the client named the version', async () => {
    const { desk, writes } = await contested('');
    await expect(carryOut(desk, 'cancelAppointment', { key: 'a1', ifVersion: '7' })).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect(writes()).toHaveLength(1);
  });

  it('is left alone when its time or state is another', async () => {
    let read = 0;
    const source = await start('GENERIC_FHIR', ({ method }) => {
      if (method !== 'GET') return { status: 412 };
      read += 1;
      return { body: read < 3 ? VISIT : VISIT.replace('"7"', '"8"').replace('"booked"', '"arrived"') };
    });
    await expect(carryOut(deskOf(source), 'cancelAppointment', { key: 'a1' })).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect(source.server.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it('is not changed when it is another one than the state machine was asked about', async () => {
    const { desk, writes } = await serve('GENERIC_FHIR', () => ({ status: 200 }));
    const record = { ...(await readBack(desk, 'Appointment', 'a1')), version: { versionId: '6' } };
    await expect(
      writerOf(desk, 'cancelAppointment').send({ key: 'a1' }, sendingOf(desk, { current: { record, covers: 'all' } })),
    ).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(writes()).toEqual([]);
  });

  it('is told apart from a time that is taken, where the server says conflict of both', async () => {
    const { desk } = await serve('GENERIC_FHIR', () => ({ status: 409, body: outcome('conflict') }));
    const move = { key: 'a1', start: '2026-12-02T14:00:00Z' };
    await expect(carryOut(desk, 'rescheduleAppointment', move)).rejects.toMatchObject({ code: 'SLOT_TAKEN' });
  });
});
