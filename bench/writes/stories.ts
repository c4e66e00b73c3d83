import type { Random } from '../../sandbox/population/random.ts';
import type { CommandKind, WrittenType } from '../../schema/commands.ts';
import type { ErrorCode } from '../../schema/enums.ts';
import { type Ground, type Materials, type Measured, MINUTES, needed, numberOf, type Where } from './materials.ts';
import { TRACE, type Trace } from './traces.ts';

/** Ids in the graph of what a story made so far, the last of each type. */
export type Made = Readonly<Partial<Record<WrittenType, string>>>;

/** One write of a story. */
export interface Step {
  readonly kind: CommandKind;
  /** What it leaves at the vendor, exactly once, when it is carried out. */
  readonly leaves: Trace;
  /** What carrying it out may leave besides. */
  readonly besides: readonly Trace[];
  /** What an earlier step left that stands no longer after this one. */
  readonly replaces?: Trace;
  /** The refusal that it may get; with any other it was refused without reason. */
  readonly mayGet?: ErrorCode;
  /** What it needs of the steps before it, to be asked at all. */
  readonly needs?: WrittenType;
  /** The mutation's input without its key and its patience. */
  input(made: Made): object;
}

/** Writes that are carried out one after the other, in this order: about one patient, or one record. */
export interface Story {
  readonly line: string;
  readonly source: string;
  readonly steps: readonly Step[];
}

const book = (patient: string, where: Where): Step => ({
  kind: 'bookAppointment',
  leaves: TRACE.visit(numberOf(patient), where, 'booked'),
  besides: [TRACE.slot(where)],
  input: () => ({ patient, practitioner: where.id, location: where.location, start: where.start, minutes: MINUTES }),
});

/** Where a rescheduled visit is another record, the one before it is cancelled. */
const move = (patient: string, from: Where, to: Where): Step => ({
  kind: 'rescheduleAppointment',
  needs: 'Appointment',
  leaves: TRACE.visit(numberOf(patient), to, 'booked'),
  replaces: TRACE.visit(numberOf(patient), from, 'booked'),
  besides: [TRACE.slot(to), TRACE.visit(numberOf(patient), from, 'cancelled')],
  input: ({ Appointment: id }) => ({
    ...{ id: needed(id), practitioner: to.id, location: to.location, start: to.start, minutes: MINUTES },
  }),
});

const CHANGES = {
  cancelAppointment: 'cancelled',
  checkInAppointment: 'here',
  markNoShow: 'no-show',
} as const;

const change = (kind: keyof typeof CHANGES, patient: string, where: Where): Step => ({
  kind,
  needs: 'Appointment',
  leaves: TRACE.visit(numberOf(patient), where, CHANGES[kind]),
  replaces: TRACE.visit(numberOf(patient), where, 'booked'),
  // athenaNet checks nobody in of whom it lacks the birth date or the state
  ...(kind === 'checkInAppointment' ? { mayGet: 'VENDOR_REJECTED' } : {}),
  besides: [],
  input: ({ Appointment: id }) => ({ id: needed(id) }),
});

const registration = (materials: Materials): readonly Step[] => {
  const person = materials.person();
  const { ground } = materials;
  let before = TRACE.person(person.lastName);
  const contact = (): Step => {
    const email = `${person.lastName.toLowerCase()}${materials.number()}@example.com`;
    const [replaces, leaves] = [before, TRACE.contact(person.lastName, email)];
    before = leaves;
    return {
      kind: 'updatePatient',
      needs: 'Patient',
      leaves,
      replaces,
      besides: [],
      input: ({ Patient: id }) => ({ id: needed(id), patient: { email } }),
    };
  };
  return [
    {
      kind: 'createPatient',
      leaves: TRACE.person(person.lastName),
      besides: [],
      input: () => ({
        source: ground.source,
        location: needed(ground.locations[0]),
        patient: { ...person, gender: 'FEMALE' },
      }),
    },
    contact(),
    contact(),
  ];
};

const moved = (materials: Materials): readonly Step[] => {
  const [patient, first, second] = [materials.patient(), materials.place(), materials.place()];
  return [book(patient, first), move(patient, first, second), change('cancelAppointment', patient, second)];
};

const ended =
  (kind: keyof typeof CHANGES) =>
  (materials: Materials): readonly Step[] => {
    const [patient, where] = [materials.patient(), materials.place()];
    return [book(patient, where), change(kind, patient, where)];
  };

/** The second one wants what the first one has, and must be told so. */
const contended = (materials: Materials): readonly Step[] => {
  const [one, other, where] = [materials.patient(), materials.patient(), materials.place()];
  return [book(one, where), { ...book(other, where), mayGet: 'SLOT_TAKEN' }];
};

const observe = (patient: string, { code, unit, value, effective }: Measured, corrects?: Measured): Step => ({
  kind: 'recordObservation',
  leaves: TRACE.result(numberOf(patient), code, value),
  besides: [],
  ...(corrects === undefined
    ? {}
    : { needs: 'Observation', replaces: TRACE.result(numberOf(patient), code, corrects.value) }),
  input: ({ Observation: id }) => ({
    ...{ patient, code, category: 'vital-signs', effective, value: { quantity: { value, unit, code: unit } } },
    ...(corrects === undefined ? {} : { corrects: needed(id), status: 'CORRECTED' }),
  }),
});

const measured = (materials: Materials): readonly Step[] => {
  const patient = materials.patient();
  return [observe(patient, materials.result(patient)), observe(patient, materials.result(patient))];
};

const corrected = (materials: Materials): readonly Step[] => {
  const patient = materials.patient();
  const first = materials.result(patient);
  return [observe(patient, first), observe(patient, materials.result(patient, first), first)];
};

const bill = (patient: string, materials: Materials): Step => {
  const { ground } = materials;
  const charge = (100 + materials.number() / 100).toFixed(2);
  const line = { procedure: '99213', diagnosisPointers: [1], units: '1', charge, serviceDate: materials.served };
  const practitioner = needed(ground.practitioners[0]);
  return {
    kind: 'submitClaim',
    leaves: TRACE.claim(numberOf(patient), charge),
    besides: [],
    input: () => ({ patient, practitioner, diagnoses: ['I10'], lines: [line], payer: ground.payer }),
  };
};

const file = (patient: string, materials: Materials): Step => {
  const { letter, source } = materials.ground;
  const number = materials.number();
  const content = Buffer.from(`Letter ${number} of ${source}`).toString('base64');
  return {
    kind: 'saveDocument',
    // Unity keeps documents in the name of a provider, whom not every patient has
    mayGet: 'VALIDATION',
    leaves: TRACE.document(numberOf(patient), content),
    besides: [],
    input: () => ({ patient, type: letter, title: `Letter ${number}`, contentType: 'application/pdf', content }),
  };
};

/** Single writes about a patient, for stories that are made up elsewhere. */
export const STEPS = { book, move, change, observe, bill, file } as const;

const claim = (materials: Materials): readonly Step[] => [bill(materials.patient(), materials)];
const letter = (materials: Materials): readonly Step[] => [file(materials.patient(), materials)];

type Plan = readonly [
  name: string,
  weight: number,
  needs: readonly (CommandKind | 'correction')[],
  tell: (materials: Materials) => readonly Step[],
];

const PLANS: readonly Plan[] = [
  ['registration', 20, ['createPatient', 'updatePatient'], registration],
  ['moved', 25, ['bookAppointment', 'rescheduleAppointment', 'cancelAppointment'], moved],
  ['no-show', 10, ['bookAppointment', 'markNoShow'], ended('markNoShow')],
  ['kept', 10, ['bookAppointment', 'checkInAppointment'], ended('checkInAppointment')],
  ['contended', 3, ['bookAppointment'], contended],
  ['measured', 20, ['recordObservation'], measured],
  ['corrected', 10, ['recordObservation', 'correction'], corrected],
  ['claim', 12, ['submitClaim'], claim],
  ['letter', 12, ['saveDocument'], letter],
];

/** Tells stories about one source, of those that it can do. No two of their writes leave the same. */
export class Teller {
  readonly #materials: Materials;
  readonly #label: string;
  readonly #chance: Random;
  readonly #plans: readonly Plan[];
  #stories = 0;

  /** `label` stands in the keys of all writes. */
  constructor(materials: Materials, label: string, chance: Random) {
    this.#materials = materials;
    this.#label = label;
    this.#chance = chance;
    this.#plans = PLANS.filter(([, , needs]) => needs.every((kind) => materials.ground.can.has(kind)));
  }

  get ground(): Ground {
    return this.#materials.ground;
  }

  /** Each kind of story once, and then by their weights. */
  next(): Story {
    let drawn = this.#chance.next() * this.#plans.reduce((sum, [, weight]) => sum + weight, 0);
    const plan = this.#plans.find(([, weight]) => {
      drawn -= weight;
      return drawn < 0;
    });
    const [name, , , tell] = needed(this.#plans[this.#stories] ?? plan);
    this.#stories += 1;
    const { source } = this.ground;
    const line = `${this.#label}-${source}-${String(this.#stories).padStart(5, '0')}-${name}`;
    return { line, source, steps: tell(this.#materials) };
  }
}
