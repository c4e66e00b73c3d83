import type { RetryClass } from '../../upstream/request.ts';
import { toUsDate } from '../vendor/time.ts';
import type { Argument } from './transport/wsdl.ts';

/**
 * The catalogue of Unity's actions: for each, where the named values of a call go in the two dialects. Data only.
 * `{name}` stands for a named value, `{name:us}` for a day (`YYYY-MM-DD`) written as `MM/DD/YYYY`.
 */
interface ActionRow {
  /** Arguments of `Magic`; what is not named is sent empty. Absent: only the guide has this action. */
  readonly magic?: Readonly<Partial<Record<Exclude<Argument<'Magic'>, Fixed>, string>>>;
  /** `Parameter/Name/Value` of the guide's request, in order. Absent: the guide does not have this action. */
  readonly guide?: readonly (readonly [name: string, value: string])[];
  /** It changes something: sent once, and written down before it leaves. */
  readonly saves?: true;
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

  // Neither names an end: it is now. Parameter2: clinical data only; Parameter3: tell the areas; Parameter4: a quick scan.
  GetAppointmentsByChangeDTTM: { magic: { Parameter1: '{since}' } },
  GetChangedPatients: { magic: { Parameter1: '{since}', Parameter2: 'N', Parameter3: 'Y', Parameter4: 'N' } },
  GetServerInfo: { magic: {} },

  GetAppointmentCancellationReasons: { magic: {} },
  GetDocuments: { magic: { PatientID: '{patient}', Parameter1: '{from}', Parameter2: '{to}' } },

  // Practice Management takes the XML in Parameter2, the EHR in Parameter1.
  SavePatient: { magic: { PatientID: '{patient}', Parameter2: '{xml}' }, saves: true },
  SaveAppointment: {
    magic: { PatientID: '{patient}', Parameter1: '{xml}' },
    guide: [
      ['PatientID', '{patient}'],
      ['ProviderID', '{provider}'],
      ['AppointmentDate', '{date:us}'],
      ['AppointmentTime', '{time}'],
      ['Duration', '{minutes}'],
      ['ReasonCode', '{reason}'],
    ],
    saves: true,
  },
  // Parameter3: month and day; Parameter4: hour and minute; Parameter6: the reason of a cancellation.
  SetAppointmentStatus: {
    magic: {
      Parameter1: '{appointment}',
      Parameter2: '{code}',
      Parameter3: '{day}',
      Parameter4: '{time}',
      Parameter6: '{reason}',
    },
    saves: true,
  },
  SaveVitalsData: { magic: { PatientID: '{patient}', Parameter1: '{xml}' }, saves: true },
  SaveDocumentImage: {
    magic: { PatientID: '{patient}', Parameter1: '{xml}', Parameter6: '{content}' },
    saves: true,
  },
  SaveClinicalDocument: {
    guide: [
      ['PatientID', '{patient}'],
      ['DocumentType', '{type}'],
      ['DocumentContent', '{content}'],
    ],
    saves: true,
  },
} as const satisfies Readonly<Record<string, ActionRow>>;

export type ActionName = keyof typeof ACTIONS;

type Placeholder<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Bare}:us` ? Bare : Name) | Placeholder<Rest>
  : never;
type MagicTexts<A extends ActionName> = (typeof ACTIONS)[A] extends { magic: infer Texts } ? Texts[keyof Texts] : never;
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
): Readonly<Record<string, string>> => {
  const row: ActionRow = ACTIONS[action];
  return Object.fromEntries(Object.entries(row.magic ?? {}).map(([name, text]) => [name, fill(text, values)]));
};

/** The guide's named parameters, those without a value left out, or `undefined` when the guide does not have the action. */
export const guideParameters = (
  action: ActionName,
  values: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] | undefined => {
  const row: ActionRow = ACTIONS[action];
  return row.guide?.map(([name, text]) => [name, fill(text, values)] as const).filter(([, value]) => value !== '');
};

export const isInGuide = (action: ActionName): boolean => 'guide' in ACTIONS[action];
export const isInMagic = (action: ActionName): boolean => 'magic' in ACTIONS[action];

/** How a request of this action may be repeated: what saves never is. */
export const retryOf = (action: ActionName): RetryClass => ('saves' in ACTIONS[action] ? 'never' : 'read');
