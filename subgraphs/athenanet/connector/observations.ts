import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, ObservationFilter, Page, PatientList, Wanted } from '../../vendor/connector.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import { duplicatesIn, newestOf } from '../mapping/corrections.ts';
import { toLabs } from '../mapping/labs.ts';
import { readKey } from '../mapping/observation.ts';
import { toVitals, VITAL_CODES } from '../mapping/vitals.ts';
import { LabResultPayload, VitalPayload } from '../payload/chart.ts';
import { daysAround, isWithin, type Span } from './days.ts';
import { pageByTime } from './pages.ts';
import { each, isKey, type Practice } from './practice.ts';

type Kind = 'vitals' | 'labs';
type Observation = Mapped<'Observation'>;

/** Both forms of a list: what the vendor sent, and what of it still holds. */
interface List {
  readonly all: readonly Observation[];
  readonly current: readonly Observation[];
}

/** Vitals and laboratory results of patients' charts. */
export class Observations {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  /** One call for each of vitals and results that the filter needs, and at most one more to find the chart's department. */
  async ofPatients(
    asked: readonly PatientList<ObservationFilter>[],
    call: Call,
  ): Promise<readonly (Page<'Observation'> | Error)[]> {
    const lists = this.#lists(call);
    return each(asked, this.#practice, async ({ patient, filter, window }) => {
      if (!isKey(patient)) throw new GraphError('NOT_FOUND', { source: this.#practice.source.id });
      const kinds = kindsOf(filter);
      const found = await Promise.all(kinds.map((kind) => lists(patient, kind, filter)));
      const records = found.flatMap(({ current }) => current).filter((record) => isAsked(record, filter));
      return pageByTime<'Observation'>(
        records.map((record) => ({ record, covers: 'all' })),
        ({ effective }) => effective?.start,
        'newest first',
        window,
      );
    });
  }

  /** athenaNet reads no single observation: each patient's list is read once and the asked ones picked. */
  async read(
    wanted: readonly Wanted<'Observation'>[],
    call: Call,
  ): Promise<readonly (Found<'Observation'> | null | Error)[]> {
    const lists = this.#lists(call);
    return each(wanted, this.#practice, async ({ key }) => {
      const place = readKey(key);
      if (place === undefined) return null;
      try {
        const { all, current } = await lists(place.patient, place.kind, {});
        const record = current.find((one) => one.key === key) ?? all.find((one) => one.key === key);
        return record === undefined ? null : { record, covers: 'all' };
      } catch (thrown) {
        if (thrown instanceof GraphError && thrown.code === 'NOT_FOUND') return null;
        throw thrown;
      }
    });
  }

  /** Lists of one batch: each patient's, kind's and span's is asked for once. */
  #lists(call: Call): (patient: string, kind: Kind, span: Span) => Promise<List> {
    const lists = new Map<string, Promise<List>>();
    return (patient, kind, { from, to }) => {
      const name = `${patient}/${kind}/${from ?? ''}/${to ?? ''}`;
      const list = lists.get(name) ?? this.#list(patient, kind, { from, to }, call);
      lists.set(name, list);
      return list;
    };
  }

  async #list(patient: string, kind: Kind, span: Span, call: Call): Promise<List> {
    const { client, charts, source } = this.#practice;
    return charts.open(patient, call, async (departmentid) => {
      const query = { departmentid, ...daysAround(span, source.timeZone) };
      if (kind === 'vitals') {
        const read = { name: 'GET /chart/{id}/vitals', path: `/chart/${patient}/vitals`, query };
        const all = toVitals(await client.all(read, 'vitals', VitalPayload, call), patient, source.timeZone);
        return { all, current: all };
      }
      const path = `/chart/${patient}/labresults`;
      const read = { name: 'GET /chart/{id}/labresults', path, query: { ...query, showabnormaldetails: 'true' } };
      const results = await client.all(read, 'results', LabResultPayload, call, ROWS_AT_ONCE);
      const duplicates = duplicatesIn(results);
      const once = results.filter(({ labresultid }) => !duplicates.has(labresultid));
      return { all: toLabs(results, patient, source), current: newestOf(toLabs(once, patient, source)) };
    });
  }
}

const CATEGORY_KINDS: Readonly<Record<string, readonly Kind[]>> = { 'vital-signs': ['vitals'], laboratory: ['labs'] };

/** The lists that can hold what is asked for: no call is made for the other, and none at all for other categories. */
const kindsOf = ({ category, codes }: ObservationFilter): readonly Kind[] => {
  if (category !== undefined) return CATEGORY_KINDS[category] ?? [];
  return codes?.every((code) => VITAL_CODES.has(code)) ? ['vitals'] : ['vitals', 'labs'];
};

const isAsked = (record: Observation, { codes, category, ...span }: ObservationFilter): boolean =>
  (category === undefined || record.categories.some(({ codings }) => codings.some(({ code }) => code === category))) &&
  (codes === undefined || codes.some((code) => namesOf(record).includes(code.toLowerCase()))) &&
  isInTime(record, span);

/** Its codes and the vendor's name for it, those of its components too, in lower case. */
const namesOf = (record: Observation): readonly string[] =>
  [record.code, ...record.components.map(({ code }) => code)]
    .flatMap(({ codings, text }) => [...codings.map(({ code }) => code), text ?? ''])
    .map((name) => name.toLowerCase());

/** An observation without a time is in no span. */
const isInTime = ({ effective }: Observation, span: Span): boolean => {
  if (span.from === undefined && span.to === undefined) return true;
  const { start, end } = effective ?? {};
  return start !== null && start !== undefined && isWithin(start, end ?? start, span);
};
