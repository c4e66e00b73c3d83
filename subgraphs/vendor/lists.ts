import DataLoader from 'dataloader';
import type { OperationContext } from '../../schema/context.ts';
import { GraphError } from '../../schema/errors.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Coverage } from '../../schema/values.ts';
import type { Asked, Fetched, Open, Origin, Question, Told } from '../../upstream/cache/question.ts';
import type { Call } from '../../upstream/call.ts';
import type {
  AppointmentFilter,
  AppointmentQuery,
  ClaimQuery,
  ObservationFilter,
  Page,
  PatientList,
  PatientQuery,
  SlotQuery,
  Window,
} from './connector.ts';
import { COVERAGES, coverageQuestion, fetchedPage, pageOf, pageQuestion, widened } from './questions.ts';
import type { ConnectedSource } from './sources.ts';

/** The operation at one source, as far as lists need it. */
export interface Reading {
  readonly source: ConnectedSource;
  readonly context: OperationContext;
  /** Takes in a page: its records and those that came along need not be asked for again in this operation. */
  learn<T extends RecordType>(type: T, page: Page<T>, origin: Origin): void;
  /** The failure as a typed error that names the source. */
  typed(thrown: unknown): GraphError;
}

type Lists<F, T extends RecordType> = DataLoader<PatientList<F>, Page<T>, string>;

/** A patient's list, or a patient, in its question, so that many can be asked for in one call. */
type Of<Subject, V> = Question<V> & { readonly of: Subject };

/**
 * One source's lists within one operation, each by its exact question: from the cache, from a reading that is under
 * way for another operation, or from the vendor. Their failures are the vendor's, as GraphErrors.
 */
export class SourceLists {
  readonly #reading: Reading;
  readonly appointments: Lists<AppointmentFilter, 'Appointment'>;
  readonly observations: Lists<ObservationFilter, 'Observation'>;
  readonly claims: Lists<ClaimQuery, 'Claim'>;
  readonly coverages: DataLoader<string, readonly Coverage[] | null>;

  constructor(reading: Reading) {
    this.#reading = reading;
    const { connector } = reading.source;
    this.appointments = this.#ofPatients('Appointment', 'patientAppointments', (lists, call) =>
      connector.patientAppointments(lists, call),
    );
    this.observations = this.#ofPatients('Observation', 'patientObservations', (lists, call) =>
      connector.patientObservations(lists, call),
    );
    this.claims = this.#ofPatients('Claim', 'patientClaims', (lists, call) => connector.patientClaims(lists, call));
    this.coverages = new DataLoader((patients) => this.#coverages(patients));
  }

  searchPatients(search: PatientQuery, window: Window): Promise<Told<Page<'Patient'>>> {
    const list = { type: 'Patient', call: 'searchPatients', asked: search } as const;
    return this.#page(list, window, ({ connector }, wanted, call) => connector.searchPatients(search, wanted, call));
  }

  searchAppointments(search: AppointmentQuery, window: Window): Promise<Told<Page<'Appointment'>>> {
    const list = { type: 'Appointment', call: 'searchAppointments', asked: search } as const;
    return this.#page(list, window, ({ connector }, wanted, call) =>
      connector.searchAppointments(search, wanted, call),
    );
  }

  searchClaims(search: ClaimQuery, window: Window): Promise<Told<Page<'Claim'>>> {
    const list = { type: 'Claim', call: 'searchClaims', asked: search } as const;
    return this.#page(list, window, ({ connector }, wanted, call) => connector.searchClaims(search, wanted, call));
  }

  practitioners(window: Window): Promise<Told<Page<'Practitioner'>>> {
    const list = { type: 'Practitioner', call: 'practitioners', asked: null } as const;
    return this.#page(list, window, ({ connector }, wanted, call) => connector.practitioners(wanted, call));
  }

  locations(): Promise<Told<Page<'Location'>>> {
    const list = { type: 'Location', call: 'locations', asked: null } as const;
    return this.#page(list, UNBOUNDED, async ({ connector }, _wanted, call) => {
      const found = await connector.locations(call);
      return pageOf<'Location'>(found.map((record) => ({ record, covers: 'all' })));
    });
  }

  slots({ fields, ...search }: SlotQuery): Promise<Told<Page<'Slot'>>> {
    const list = { type: 'Slot', call: 'slots', asked: search } as const;
    const window = fields === undefined ? UNBOUNDED : { ...UNBOUNDED, fields };
    return this.#page(list, window, async ({ connector }, wanted, call) =>
      pageOf<'Slot'>(
        await connector.slots({ ...search, ...(wanted.fields === undefined ? {} : { fields: wanted.fields }) }, call),
      ),
    );
  }

  async #page<T extends RecordType>(
    list: { readonly type: T; readonly call: string; readonly asked: unknown },
    window: Window,
    fetch: (source: ConnectedSource, window: Window, call: Call) => Promise<Page<T>>,
  ): Promise<Told<Page<T>>> {
    const { source, context } = this.#reading;
    const { cache } = source.settings;
    const [told] = await source.upstream.cache.read<Question<Page<T>>, Page<T>>(
      [pageQuestion(list, window, cache)],
      context,
      async ([open], call) => [
        fetchedPage(list.type, await fetch(source, widened(window, open?.known?.value), call), cache),
      ],
    );
    const taken = this.#taken(list.type, told);
    if (taken instanceof Error) throw taken;
    return taken;
  }

  #ofPatients<F, T extends RecordType>(
    type: T,
    name: string,
    fetch: (lists: readonly PatientList<F>[], call: Call) => Promise<readonly (Page<T> | Error)[]>,
  ): Lists<F, T> {
    const { source, context } = this.#reading;
    const { cache } = source.settings;
    const question = (list: PatientList<F>): Of<PatientList<F>, Page<T>> => {
      const { patient, filter, window } = list;
      return { ...pageQuestion<T>({ type, call: name, patient, asked: filter }, window, cache), of: list };
    };
    const read = async (
      open: readonly Open<Of<PatientList<F>, Page<T>>, Page<T>>[],
      call: Call,
    ): Promise<readonly (Fetched<Page<T>> | Error)[]> => {
      const lists = open.map(({ question: { of }, known }) => ({ ...of, window: widened(of.window, known?.value) }));
      const pages = await fetch(lists, call);
      return pages.map((page) => (page instanceof Error ? page : fetchedPage(type, page, cache)));
    };
    const load = async (lists: readonly PatientList<F>[]): Promise<(Page<T> | Error)[]> => {
      const told = await source.upstream.cache.read<Of<PatientList<F>, Page<T>>, Page<T>>(
        lists.map(question),
        context,
        read,
      );
      return told.map((one) => {
        const taken = this.#taken(type, one);
        return taken instanceof Error ? taken : taken.value;
      });
    };
    return new DataLoader(load, {
      cacheKeyFn: (list) => `${question(list).key} ${[...(list.window.fields ?? [])].sort().join()}`,
    });
  }

  async #coverages(patients: readonly string[]): Promise<(readonly Coverage[] | null | Error)[]> {
    const { source, context } = this.#reading;
    const told = await source.upstream.cache.read<Of<string, readonly Coverage[]>, readonly Coverage[]>(
      patients.map((patient) => ({ ...coverageQuestion(patient, source.settings.cache), of: patient })),
      context,
      async (open, call) => {
        const asked = open.map(({ question: { of } }) => of);
        const found = await source.connector.coverages(asked, call);
        return found.map((one) =>
          one === null ? unknownPatient(source) : one instanceof Error ? one : { value: one },
        );
      },
    );
    return told.map((one) => {
      if (!(one instanceof Error)) return one.value;
      const error = this.#reading.typed(one);
      return error.code === 'NOT_FOUND' ? null : error;
    });
  }

  /** Coverages that came with patients need not be asked for. */
  learnCoverages(also: Told<unknown>['also']): void {
    for (const { question, value } of also ?? [])
      if (question.kind === COVERAGES)
        this.coverages.clear(question.key).prime(question.key, value as readonly Coverage[]);
  }

  #taken<T extends RecordType>(type: T, told: Asked<Page<T>> | undefined): Told<Page<T>> | GraphError {
    if (told === undefined || told instanceof Error) return this.#reading.typed(told);
    this.#reading.learn(type, told.value, told);
    this.learnCoverages(told.also);
    return told;
  }
}

/** Of a list that is never shown in pages. */
const UNBOUNDED: Window = { first: 0 };

const unknownPatient = ({ id }: ConnectedSource): GraphError => new GraphError('NOT_FOUND', { source: id });
