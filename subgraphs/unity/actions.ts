import { toUsDate } from '../vendor/time.ts';
import type { Argument } from './transport/wsdl.ts';

/**
 * The catalogue of Unity's actions: for each, where the named values of a call go in the two dialects. Data only.
 * `{name}` stands for a named value, `{name:us}` for a day (`YYYY-MM-DD`) written as `MM/DD/YYYY`.
 */
interface ActionRow {
  /** Arguments of `Magic`; what is not named is sent empty. */
  readonly magic: Readonly<Partial<Record<Exclude<Argument<'Magic'>, Fixed>, string>>>;
  /** `Parameter/Name/Value` of the guide's request, in order. Absent: the guide does not have this action. */
  readonly guide?: readonly (readonly [name: string, value: string])[];
}
/** Filled by the transport. */
type Fixed = 'Action' | 'UserID' | 'Appname' | 'Token' | 'data';

export const ACTIONS = {
  GetUserAuthentication: { magic: { Parameter1: '{password}' } },

  GetPatient: { magic: { PatientID: '{patient}', Parameter1: 'N' }, guide: [['PatientID', '{patient}']] },
  GetPatientDemographics: { magic: { PatientID: '{patient}' }, guide: [['PatientID', '{patient}']] },
  SearchPatients: { magic: { Parameter1: '{text}' }, guide: [['SearchString', '{text}']] },
  GetPatientPolicy: { magic: { PatientID: '{patient}' } },

  // Parameter4 is a user name or All: everybody's visits of a period come in one answer, and so they do when the guide's
  // request names no provider.
  GetSchedule: {
    magic: { PatientID: '{patient}', Parameter1: '{start:us}|{end:us}', Parameter3: 'N', Parameter4: 'All' },
    guide: [
      ['ProviderID', '{provider}'],
      ['StartDate', '{start:us}'],
      ['EndDate', '{end:us}'],
    ],
  },
  GetScheduleByPatientID: { magic: { PatientID: '{patient}' } },
  GetAppointmentById: { magic: { Parameter1: '{appointment}' } },
  GetAppointmentTypes: { magic: {} },
  GetAvailableSchedule: { magic: { Parameter1: '{resource}', Parameter2: '{start:us}', Parameter3: '{end:us}' } },
  GetResources: { magic: {} },
  GetSchedulingLocations: { magic: {} },

  // Parameter3: providers only; Parameter4: internal ones; Parameter6: not only those with an NPI.
  GetProviders: { magic: { Parameter3: 'Y', Parameter4: 'I', Parameter6: 'N' } },
  GetProvider: { magic: { Parameter1: '{provider}' } },
  GetPractitioners: { magic: {} },

  GetClinicalSummary: {
    magic: { PatientID: '{patient}', Parameter1: '{sections}' },
    guide: [['PatientID', '{patient}']],
  },
  GetResults: {
    magic: { PatientID: '{patient}', Parameter1: '{since}' },
    guide: [
      ['PatientID', '{patient}'],
      ['StartDate', '{since:us}'],
      ['EndDate', '{until:us}'],
    ],
  },
  GetDictionary: { magic: { Parameter1: '{dictionary}' }, guide: [['DictionaryName', '{dictionary}']] },

  // Parameter3: days into the future; Parameter4: past ones too.
  GetEncounterList: { magic: { PatientID: '{patient}', Parameter3: '0', Parameter4: 'Y' } },
  GetCharges: { magic: { Parameter1: '{encounter}' } },
  GetPatientAccountBalance: { magic: { PatientID: '{patient}' } },
} as const satisfies Readonly<Record<string, ActionRow>>;

export type ActionName = keyof typeof ACTIONS;

type Placeholder<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Bare}:us` ? Bare : Name) | Placeholder<Rest>
  : never;
type MagicTexts<A extends ActionName> = (typeof ACTIONS)[A]['magic'][keyof (typeof ACTIONS)[A]['magic']];
type GuideTexts<A extends ActionName> = (typeof ACTIONS)[A] extends {
  guide: readonly (readonly [string, infer Text])[];
}
  ? Text
  : never;
/** The named values that a call of this action needs, over both dialects. */
export type Values<A extends ActionName> = Readonly<Record<Placeholder<MagicTexts<A> | GuideTexts<A>>, string>>;

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)(:us)?\}/g, (_, name: string, us?: string) => {
    const value = values[name] ?? '';
    return us === undefined ? value : toUsDate(value);
  });

/** The arguments of `Magic` that this action fills. */
export const magicArguments = (
  action: ActionName,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(ACTIONS[action].magic).map(([name, text]) => [name, fill(text, values)]));

/** The guide's named parameters, those without a value left out, or `undefined` when the guide does not have the action. */
export const guideParameters = (
  action: ActionName,
  values: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] | undefined => {
  const row: ActionRow = ACTIONS[action];
  return row.guide?.map(([name, text]) => [name, fill(text, values)] as const).filter(([, value]) => value !== '');
};

export const isInGuide = (action: ActionName): boolean => 'guide' in ACTIONS[action];
