import { claimsOf } from './load/claims.ts';
import { type Context, Ids, rowsOf } from './load/context.ts';
import { linksOf } from './load/links.ts';
import { observationsOf } from './load/observations.ts';
import { coveragesOf, patientOf } from './load/patients.ts';
import { type RawResource, type Read, readFolders } from './load/raw.ts';
import { homesOf, scheduleOf } from './load/schedule.ts';
import * as shapes from './load/shapes.ts';
import { locationsOf, practitionersOf } from './load/staff.ts';
import { type LoadReport, Tally } from './load/tally.ts';
import type { Practice } from './practice.ts';

export { LoadError } from './load/lines.ts';
export type { RawResource } from './load/raw.ts';
export { describeLoad, type LoadReport, type TypeReport, withoutPlace } from './load/tally.ts';

export interface LoadOptions {
  /** Stands in for times of recording that the files do not tell. */
  readonly now: string;
  /** Zone for days and wall clocks of the systems that have no offsets; America/New_York when absent. */
  readonly timeZone?: string;
  /** What the practice is called. */
  readonly name?: string;
}

export interface Loaded {
  /** For the FHIR simulator: everything of the files, by type, each as it stands there. */
  readonly resources: ReadonlyMap<string, readonly RawResource[]>;
  /** For the other simulators. */
  readonly practice: Practice;
  /** The number in the Practice by `Type/id`. */
  readonly ids: ReadonlyMap<string, number>;
  readonly report: LoadReport;
}

const DEFAULT_ZONE = 'America/New_York';

/** Types that the Practice is made from; of those with a reason, no record of their own comes into it. */
const USED: Readonly<Record<string, string | undefined>> = {
  Patient: undefined,
  Practitioner: undefined,
  Location: undefined,
  Appointment: undefined,
  Slot: undefined,
  Observation: undefined,
  Claim: undefined,
  ExplanationOfBenefit: undefined,
  Coverage: undefined,
  Schedule: 'only tells whose time the slots are',
  PractitionerRole: 'only tells where practitioners work and as what',
  Condition: 'the graph has no such record; claims take their diagnoses from it',
  DiagnosticReport: 'the graph has no such record; results that came together are told by it',
  Encounter: 'the graph has no such record; it links results and claims with appointments',
};

const countUnused = (read: ReadonlyMap<string, readonly Read[]>, tally: Tally): void => {
  for (const [type, list] of read) {
    const reason = type in USED ? USED[type] : 'the graph has no such record';
    if (reason !== undefined) tally.omitted(type, reason, list.length);
  }
};

const practiceOf = (read: ReadonlyMap<string, readonly Read[]>, name: string, context: Context): Practice => {
  const { ids, tally } = context;
  const patients = rowsOf(read, 'Patient', shapes.patient, tally);
  const practitioners = rowsOf(read, 'Practitioner', shapes.practitioner, tally);
  const places = rowsOf(read, 'Location', shapes.location, tally);
  ids.addAll('Patient', patients);
  ids.addAll('Practitioner', practitioners);
  ids.addAll('Location', places);
  const locations = locationsOf(places, context);
  const { appointments, slots, owners } = scheduleOf(read, context);
  const homes = homesOf(appointments, owners);
  const coverages = coveragesOf(rowsOf(read, 'Coverage', shapes.coverage, tally), context);
  const links = linksOf(read, context);
  const roles = rowsOf(read, 'PractitionerRole', shapes.practitionerRole);
  for (const _ of patients) tally.kept('Patient');
  for (const _ of practitioners) tally.kept('Practitioner');
  for (const _ of places) tally.kept('Location');
  return {
    name,
    timeZone: context.zone,
    practitioners: practitionersOf(practitioners, roles, homes.ofPractitioners, locations, context),
    locations,
    patients: patients.map((row, index) =>
      patientOf(
        row,
        index + 1,
        { coverages: coverages.get(index + 1) ?? [], locationId: homes.ofPatients.get(index + 1) ?? locations[0]?.id },
        context,
      ),
    ),
    appointments,
    slots,
    observations: observationsOf(rowsOf(read, 'Observation', shapes.observation, tally), links, context),
    claims: claimsOf(
      rowsOf(read, 'Claim', shapes.claim, tally),
      rowsOf(read, 'ExplanationOfBenefit', shapes.benefit, tally),
      links,
      context,
    ),
    documents: [],
  };
};

/**
 * Reads every `*.ndjson` of the folders (FHIR R4, one resource a line): the resources as they are, and the same people as
 * a Practice for systems that do not speak FHIR. Refuses a line that is no resource, naming file and line only; whatever
 * has no place in the Practice is counted in the report.
 */
export const loadNdjson = async (folders: readonly string[], options: LoadOptions): Promise<Loaded> => {
  const tally = new Tally();
  const read = await readFolders(folders, tally);
  countUnused(read, tally);
  const ids = new Ids(tally);
  const context: Context = { zone: options.timeZone ?? DEFAULT_ZONE, now: options.now, tally, ids };
  const practice = practiceOf(read, options.name ?? 'Loaded practice', context);
  const resources = new Map(
    [...read].map(([type, list]): [string, readonly RawResource[]] => [type, list.map(({ value: _, ...raw }) => raw)]),
  );
  return { resources, practice, ids: ids.all(), report: tally.report() };
};
