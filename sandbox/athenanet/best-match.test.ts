import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

describe('the best match', () => {
  const avery = { firstname: 'Avery', lastname: 'Larkspur', dob: '04/17/1984' };

  it('is a bare array of whole records with scores', async () => {
    const { read } = await caller();
    const found = await read<Record<string, unknown>[]>('/patients/enhancedbestmatch', {
      ...avery,
      mobilephone: '5555550102',
      showinsurance: 'true',
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ patientid: '5001', score: 26, insurances: [{ sequencenumber: 1 }] });
  });

  it.each([
    [{ ...avery, minscore: '23' }, 0],
    [{ ...avery, minscore: '22' }, 1],
    [{ ...avery, dob: '04/18/1984' }, 0],
    [{ ...avery, dob: '04/18/1984', minscore: '8' }, 2],
    [{ ...avery, firstname: 'Ave' }, 1],
  ] as [Record<string, string>, number][])('has for %j %i records', async (query, count) => {
    const { read } = await caller();
    expect(await read('/patients/enhancedbestmatch', query)).toHaveLength(count);
  });

  it('comes first', async () => {
    const { read } = await caller();
    const query = { firstname: 'Bram', lastname: 'Larkspur', dob: '11/30/2012', minscore: '8' };
    const found = await read<Record<string, unknown>[]>('/patients/enhancedbestmatch', query);
    expect(found.map(({ patientid, score }) => [patientid, score])).toEqual([
      ['5002', 22],
      ['5001', 8],
    ]);
  });

  it('has five records at the most', async () => {
    const practice = practiceOf();
    const [first] = practice.patients;
    if (first === undefined) throw new Error('no patient');
    for (let id = 6001; id <= 6005; id += 1) practice.patients.push({ ...first, id });
    const { read } = await caller({ practice });
    expect(await read('/patients/enhancedbestmatch', avery)).toHaveLength(5);
  });

  it('needs both names and the birth date, as athenaNet writes it', async () => {
    const { get } = await caller();
    const missing = await get('/patients/enhancedbestmatch', { firstname: 'Avery' });
    expect(JSON.parse(missing.text).missingfields).toEqual(['lastname', 'dob']);
    const iso = await get('/patients/enhancedbestmatch', { ...avery, dob: '2025-12-01' });
    expect([iso.status, JSON.parse(iso.text).detailedmessage]).toEqual([
      400,
      'Expecting format date, but value is 2025-12-01',
    ]);
  });
});
