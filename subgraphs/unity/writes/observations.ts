import type { Commands } from '../../../schema/commands.ts';
import { type FieldIssueDetail, GraphError } from '../../../schema/errors.ts';
import { writeUtc } from '../../../schema/instant.ts';
import type { Mapped } from '../../../schema/records.ts';
import { settled } from '../../vendor/parallel.ts';
import { addMinutes, compareInstants } from '../../vendor/time.ts';
import type { Sending, Sent, Sighting, Writers } from '../../vendor/writes/writer.ts';
import { attributesXml, type Form, formOf, toClock } from '../mapping/form.ts';
import { splitKey } from '../mapping/key.ts';
import { ucumOf } from '../mapping/quantity.ts';
import { vitalForm } from '../mapping/vital.ts';
import { patientObservations } from '../records/observations.ts';
import type { Unity } from '../records/unity.ts';
import { CLOCK } from './bookings.ts';
import { issue, plannedCall, refuseIssues } from './plan.ts';
import { type Paths, save } from './saving.ts';

type Input = Commands['recordObservation'];

const PATHS: Paths = {
  PatientID: 'patient',
  fieldid: 'code',
  value1: 'value',
  units: 'value.quantity.unit',
  dttm: 'effective',
};

/** Vitals are shown to the minute. */
const toTheMinute = (instant: string): string => writeUtc(Math.floor(Date.parse(instant) / 60_000) * 60_000);

/** The vendor's spelling of the unit that is meant; the only one that there is, where none is given. */
const unitOf = ({ code, value }: Input): string | undefined => {
  const { units = [] } = vitalForm(code) ?? {};
  const { unit, code: ucum } = 'quantity' in value ? value.quantity : {};
  const given = ucum ?? unit;
  if (given === undefined) return units.length === 1 ? units[0] : undefined;
  const meant = ucumOf(given);
  return units.find((one) => meant !== undefined && ucumOf(one) === meant);
};

const issuesOf = (input: Input, zone: string): readonly FieldIssueDetail[] => {
  const { code, category, value, effective, status, corrects } = input;
  return [
    ...(corrects === undefined ? [] : [issue(['corrects'], 'correction', 'This vendor corrects no results.')]),
    ...(vitalForm(code) === undefined
      ? [issue(['code'], 'vital', 'Only vital signs can be recorded at this vendor, each by its LOINC code.')]
      : []),
    ...(category === undefined || category === 'vital-signs'
      ? []
      : [issue(['category'], 'vital', 'Only vital signs can be recorded at this vendor.')]),
    ...(status === 'FINAL' ? [] : [issue(['status'], 'final', 'This vendor’s vital signs are final.')]),
    ...('quantity' in value ? [] : [issue(['value'], 'quantity', 'A vital sign is a quantity.')]),
    ...('quantity' in value && vitalForm(code) !== undefined && unitOf(input) === undefined
      ? [issue(['value', 'quantity', 'unit'], 'unit', 'The vendor takes another unit here.')]
      : []),
    ...(toClock(toTheMinute(effective), zone) === undefined ? [issue(['effective'], 'clock', CLOCK)] : []),
  ];
};

const formFor = (input: Input, zone: string): Form => {
  const { date = '', time = '' } = toClock(toTheMinute(input.effective), zone) ?? {};
  return formOf({
    fieldid: vitalForm(input.code)?.field,
    value1: 'quantity' in input.value ? input.value.quantity.value : undefined,
    value2: '',
    units: unitOf(input),
    dttm: `${date} ${time}:00`,
  });
};

const sameValue = ({ value }: Mapped<'Observation'>, input: Input): boolean =>
  value?.__typename === 'Quantity' &&
  'quantity' in input.value &&
  Number(value.value) === Number(input.value.quantity.value);

/** The number of the set that a vital belongs to; sets are numbered as they are saved. */
const setNumber = (key: string): number => Number(splitKey(key, 4)?.[2]);

const UNSHOWN = 'The vendor confirmed the vital sign, but its chart does not show it.';

/**
 * The saved vital, which Unity's answer does not name, in the patient's chart: of those of this moment the one saved last,
 * and rather one that says the same. One that says something else is compared by whoever asked: it must not be sent again.
 * Nothing when the chart shows none.
 */
const findSaved = async (unity: Unity, input: Input, call: Sending['call']): Promise<string | undefined> => {
  const from = toTheMinute(input.effective);
  const filter = { codes: [input.code], category: 'vital-signs', from, to: addMinutes(from, 1) };
  const [page] = await patientObservations(unity, [{ patient: input.patient, filter, window: { first: 100 } }], call);
  if (page instanceof Error) throw page;
  const shown = (page?.items ?? [])
    .map(({ record }) => record)
    .filter(({ effective }) => compareInstants(effective?.start ?? '1900-01-01T00:00:00Z', from) === 0)
    .sort((one, other) => setNumber(other.key) - setNumber(one.key));
  return (shown.find((record) => sameValue(record, input)) ?? shown[0])?.key;
};

/** Unity's word that a vital is saved is kept: whatever its chart shows, the vital must not be sent again. */
const send = async (unity: Unity, input: Input, xml: string, { call, keep }: Sending): Promise<Sent> => {
  await save(unity, 'SaveVitalsData', { patient: input.patient, xml }, PATHS, call);
  const key = await settled(() => findSaved(unity, input, call));
  if (typeof key === 'string') return { key };
  await keep({ confirmed: 'true' });
  throw new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id, cause: key });
};

/** A vital that Unity confirmed; any other is looked up by what it says. */
const find = async (
  unity: Unity,
  input: Input,
  { call, progress }: Pick<Sending, 'call' | 'progress'>,
): Promise<Sighting | undefined> => {
  if (progress.confirmed === undefined) return undefined;
  const key = await findSaved(unity, input, call);
  return key === undefined ? { kind: 'unclear', reason: UNSHOWN } : { kind: 'found', key };
};

export const observationWriters = (unity: Unity): Pick<Writers, 'recordObservation'> => {
  const zone = unity.source.timeZone;
  return {
    recordObservation: {
      plan: (input) => {
        refuseIssues(input, issuesOf(input, zone));
        return [plannedCall('Magic SaveVitalsData', { PatientID: input.patient, ...formFor(input, zone) })];
      },
      send: (input, sending) =>
        send(unity, input, attributesXml('savevitalsdatarequest', 'savevitalsdata', [formFor(input, zone)]), sending),
      find: (input, sending) => find(unity, input, sending),
      meant: (input) => ({ ...input, effective: toTheMinute(input.effective) }),
    },
  };
};
