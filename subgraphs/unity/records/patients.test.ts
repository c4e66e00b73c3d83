import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { dataSet, guideAnswer, magicAnswer, operation } from '../fixture/vendor.ts';
import { connectWorld, DIALECTS, keysOf, MAGIC, recordOf, wanted, window } from '../fixture/world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async (
  dialect: (typeof DIALECTS)[number],
  more: Partial<UnityOptions> = {},
  options: { readonly timeoutMs?: number; readonly now?: () => number } = {},
) => {
  const now = options.now ?? (() => NOW);
  const simulator = await listen(unitySimulator({ practice: practice(), now, ...more }));
  const connected = await connectWorld<Fault>(simulator, dialect, UNITY_SIGN_IN, options);
  closing.push(connected.close);
  return connected;
};

describe.each(DIALECTS)('patients over %s', (dialect) => {
  it('are found by a summary that says what it can tell, and read in full by a further call', async () => {
    const { connector, calls } = await world(dialect);
    const found = await calls((call) => connector.searchPatients({ lastName: 'Sampleton' }, window(), call));
    expect(found.calls).toEqual(['SearchPatients']);
    expect(keysOf(found.result)).toEqual(['10', '11']);
    const [first] = found.result.items;
    expect(first?.covers).not.toBe('all');
    expect([...(first?.covers ?? [])]).toEqual(
      expect.arrayContaining(['firstName', 'lastName', 'dateOfBirth', 'gender']),
    );
    expect(first?.covers).not.toContain('address');
    const read = await calls((call) => connector.read.Patient([wanted('10', ['address'])], call));
    expect(read.calls).toEqual(['GetPatient']);
    expect(recordOf(read.result[0])).toMatchObject({
      firstName: 'Avery',
      phoneMobile: '+12175550142',
      address: { line2: 'Apt <3> & up' },
      preferredLanguage: { codings: [{ code: 'en' }] },
      race: [{ codings: [{ code: '2106-3' }] }],
    });
  });

  it.each([
    [{ name: 'Sampleton, Avery' }, ['10'], ['SearchPatients']],
    [{ name: 'avery sampleton' }, ['10'], ['SearchPatients', 'SearchPatients']],
    [{ lastName: "O'Sample" }, ['12'], ['SearchPatients']],
    [{ lastName: 'Sampleton', firstName: 'Bl' }, ['11'], ['SearchPatients']],
    [{ identifier: 'MRN-11' }, ['11'], ['SearchPatients']],
    [{ dateOfBirth: '1999-12-31' }, ['12'], ['SearchPatients']],
    [{ lastName: 'Sampleton', dateOfBirth: '1950-01-02' }, ['11'], ['SearchPatients']],
    [{ lastName: 'Nobody' }, [], ['SearchPatients']],
    [{ identifier: 'MRN-1' }, [], ['SearchPatients']],
    [{ lastName: 'Sampleton', phone: '+12175550141' }, ['10'], ['SearchPatients', 'GetPatient']],
    [{ lastName: 'Sampleton', phone: '+12175550177' }, ['11'], ['SearchPatients', 'GetPatient', 'GetPatient']],
    [{ lastName: 'Sampleton', email: 'AVERY@example.com' }, ['10'], ['SearchPatients', 'GetPatient', 'GetPatient']],
  ])('are searched by %j', async (search, keys, expected) => {
    const { connector, calls } = await world(dialect);
    const found = await calls((call) => connector.searchPatients(search, window(), call));
    expect(keysOf(found.result)).toEqual(keys);
    expect(found.calls).toEqual(expected);
  });

  it.each([{ phone: '+12175550141' }, { email: 'avery@example.com' }, { firstName: 'Avery' }])(
    'cannot be searched by %j alone',
    async (search) => {
      const { connector, calls } = await world(dialect);
      const asked = await calls(async (call) =>
        connector.searchPatients(search, window(), call).catch((thrown) => thrown),
      );
      expect(asked).toMatchObject({ result: { code: 'UNSUPPORTED_BY_VENDOR' }, calls: [] });
    },
  );

  it('are refused, not cut, when too many would have to be checked', async () => {
    const crowd = practice();
    for (let id = 1000; id < 1051; id += 1)
      crowd.patients.push({
        ...(crowd.patients[1] ?? crowd.patients[0]),
        id,
        mrn: `MRN-${id}`,
        last: 'Crowd',
      } as never);
    const { connector, calls } = await world(dialect, { practice: crowd });
    const byEmail = { lastName: 'Crowd', email: 'a@example.com' };
    const asked = await calls(async (call) =>
      connector.searchPatients(byEmail, window(), call).catch((thrown) => thrown),
    );
    expect(asked).toMatchObject({ result: { code: 'VALIDATION' }, calls: ['SearchPatients'] });
    crowd.patients.pop();
    const fewer = await calls((call) => connector.searchPatients(byEmail, window(), call));
    expect(keysOf(fewer.result)).toEqual([]);
    expect(fewer.calls).toHaveLength(51);
  });

  it('are paged without a gap or a repetition', async () => {
    const { connector } = await world(dialect);
    const whole = await connector.searchPatients({ lastName: 'Sampleton' }, window(), operation());
    const one = await connector.searchPatients({ lastName: 'Sampleton' }, window([], 1), operation());
    expect(one).toMatchObject({ hasNextPage: true, totalCount: 2 });
    const two = await connector.searchPatients(
      { lastName: 'Sampleton' },
      window([], 1, one.items[0]?.after),
      operation(),
    );
    expect(two.hasNextPage).toBe(false);
    expect([...keysOf(one), ...keysOf(two)]).toEqual(keysOf(whole));
  });

  it('that do not exist are null, beside those that do', async () => {
    const { connector } = await world(dialect);
    const [known, unknown] = await connector.read.Patient([wanted('10'), wanted('999999')], operation());
    expect(recordOf(known).key).toBe('10');
    expect(unknown).toBeNull();
  });

  it('are never answered with somebody else', async () => {
    const { connector, simulator } = await world(dialect);
    const other = dataSet('GetPatient', [{ ID: '11', LastName: 'Other' }]);
    const body = dialect === MAGIC ? magicAnswer(other) : guideAnswer(other);
    await connector.read.Patient([wanted('12')], operation());
    // a request for patient 10 names it in an element of its own
    simulator.fault({ kind: 'body', match: '>10<', body });
    const [wrong, right] = await connector.read.Patient([wanted('10'), wanted('11')], operation());
    expect(wrong).toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
    expect(recordOf(right).lastName).toBe('Sampleton');
  });

  it.each([
    [{ kind: 'status', status: 503 }, 'SOURCE_UNAVAILABLE'],
    [{ kind: 'status', status: 429, retryAfter: '1' }, 'RATE_LIMITED'],
    [{ kind: 'body', body: '<html><body>Bad gateway</body></html>' }, 'BAD_VENDOR_ANSWER'],
    [{ kind: 'hang' }, 'TIMEOUT'],
    [{ kind: 'reset' }, 'SOURCE_UNAVAILABLE'],
    [{ kind: 'truncate' }, 'SOURCE_UNAVAILABLE'],
  ] as const)('fail one by one under %j', async (fault, code) => {
    const { connector, simulator } = await world(dialect, {}, { timeoutMs: 400 });
    await connector.read.Patient([wanted('12')], operation());
    simulator.fault({ ...fault, match: '>10<' });
    const [broken, whole] = await connector.read.Patient([wanted('10'), wanted('11')], operation());
    expect(broken).toMatchObject({ code });
    expect(recordOf(whole).key).toBe('11');
  });
});
