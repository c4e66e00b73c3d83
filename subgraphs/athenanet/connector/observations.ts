import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import { type Origin, oldestOf } from '../../../upstream/cache/question.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, ObservationFilter, Page, PatientList, Wanted } from '../../vendor/connector.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import { duplicatesIn, newestOf } from '../mapping/corrections.ts';
import { toLabs } from '../mapping/labs.ts';
import { readKey } from '../mapping/observation.ts';
import { toVitals, VITAL_CODES } from '../mapping/vitals.ts';
import { LabResultPayload, VitalPayload } from '../payload/chart.ts';
import { type Days, daysAround, isWithin, type Span } from './days.ts';
import type { Kept } from './kept.ts';
import { pageByTime } from './pages.ts';
import { each, isKey, type Practice } from './practice.ts';

type Kind = 'vitals' | 'labs';
type Observation = Mapped<'Observation'>;

/** Both forms of a list: what the vendor sent, and what of it still holds. */
interface List {
  readonly all: readonly Observation[];
  readonly current: readonly Observation[];
  readonly on: Origin | undefined;
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
      const page = pageByTime<'Observation'>(
        records.map((record) => ({ record, covers: 'all' })),
        ({ effective }) => effective?.start,
        'newest first',
        window,
      );
      return { ...page, on: found.map(({ on }) => on).reduce(oldestOf, undefined) };
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
        const { all, current, on } = await lists(place.patient, place.kind, {});
        const record = current.find((one) => one.key === key) ?? all.find((one) => one.key === key);
        return record === undefined ? null : { record, covers: 'all', on };
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
    const { source } = this.#practice;
    if (kind === 'vitals') {
      const { value, on } = await this.#vitals(patient, daysAround(span, source.timeZone), call);
      const all = toVitals(value, patient, source.timeZone);
      return { all, current: all, on };
    }
    // The days are the order's, and a result may come weeks after it: only the end of the span can be asked for.
    const { value, on } = await this.#labs(patient, daysAround({ to: span.to }, source.timeZone), call);
    const duplicates = duplicatesIn(value);
    const once = value.filter(({ labresultid }) => !duplicates.has(labresultid));
    return { all: toLabs(value, patient, source), current: newestOf(toLabs(once, patient, source)), on };
  }

  #vitals(patient: string, days: Partial<Days>, call: Call): Promise<Kept<readonly VitalPayload[]>> {
    const { client, charts, kept } = this.#practice;
    const name = 'GET /chart/{id}/vitals';
    return kept.through({ type: 'Observation', call: name, asked: days, patient }, call, (own) =>
      charts.open(patient, own, (departmentid) => {
        const read = { name, path: `/chart/${patient}/vitals`, query: { departmentid, ...days } };
        return client.all(read, 'vitals', VitalPayload, own);
      }),
    );
  }

  #labs(patient: string, days: Partial<Days>, call: Call): Promise<Kept<readonly LabResultPayload[]>> {
    const { client, charts, kept } = this.#practice;
    const name = 'GET /chart/{id}/labresults';
    return kept.through({ type: 'Observation', call: name, asked: days, patient }, call, (own) =>
      charts.open(patient, own, (departmentid) => {
        const query = { departmentid, ...days, showabnormaldetails: 'true' };
        const read = { name, path: `/chart/${patient}/labresults`, query };
        return client.all(read, 'results', LabResultPayload, own, { limit: ROWS_AT_ONCE });
      }),
    );
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
