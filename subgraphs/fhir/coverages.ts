import type { Coverage } from '../../schema/values.ts';
import type { Call } from '../../upstream/call.ts';
import { inParallel } from '../vendor/parallel.ts';
import { searchPath } from './address.ts';
import { inGroups } from './ids.ts';
import { Included } from './included.ts';
import { beneficiaryOf, isInForce, isTold, toCoverage } from './mapping/coverage.ts';
import { currentId } from './merges.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import type { Param } from './rules.ts';
import type { Service } from './service.ts';
import { together } from './together.ts';

type Answer = readonly Coverage[] | null | Error;

/** Coverages in force, by patient. A patient without any and one that the vendor does not know look alike: empty. */
export const listCoverages = async (
  service: Service,
  patients: readonly string[],
  call: Call,
): Promise<readonly Answer[]> =>
  service.merges.answers(
    patients,
    (patient) => patient,
    (answer) => Array.isArray(answer) && answer.length === 0,
    call,
    (some) => listsOf(service, some, call),
  );

const listsOf = async (service: Service, patients: readonly string[], call: Call): Promise<readonly Answer[]> => {
  const { manyPatients, include } = service.profile.coverages;
  const ids = [...new Set(patients.filter(isId).map((patient) => currentId(service, patient)))];
  const more: readonly Param[] = [
    ...include.map<Param>((value) => ['_include', value]),
    ...(manyPatients ? service.count(largestPage(service.profile, 'Coverage')) : []),
  ];
  const groups = manyPatients
    ? inGroups(ids, service.urlLength(searchPath('Coverage', [['patient', ''], ...more])))
    : ids.map((id) => [id]);
  const found = new Map<string, readonly Resource<'Coverage'>[] | Error>();
  const included = new Included(service.source);
  const context = service.context();
  await inParallel(groups, service.concurrency, async (group) => {
    const lists = await together(group, service.concurrency, async (some) => {
      const listing = await service.client.search('Coverage', [['patient', some.join(',')], ...more], call);
      included.merge(listing.included);
      return some.map((id) => listing.matches.filter((one) => beneficiaryOf(one, context) === id));
    });
    for (const [i, id] of group.entries()) found.set(id, lists[i] ?? []);
  });
  return patients.map((patient) => {
    if (!isId(patient)) return null;
    const coverages = found.get(currentId(service, patient)) ?? [];
    return coverages instanceof Error
      ? coverages
      : coverages.filter(isInForce).map((one) => toCoverage(one, included, context));
  });
};

/** What an answer with patients told. */
interface Along {
  readonly patients: readonly Resource<'Patient'>[];
  readonly included: Included;
  honoured(param: string): boolean;
}

/** The parameters that bring coverages along with patients, where they are selected and the server can send them. */
export const coverageParams = (
  { profile }: Service,
  asked: readonly { readonly fields?: ReadonlySet<string> }[],
): readonly Param[] =>
  asked.some(({ fields }) => fields?.has('coverages') === true) ? (profile.coverages.withPatient ?? []) : [];

/**
 * The coverages that came along with patients, by patient. Nothing unless the server says itself that it looked for them,
 * and unless every name is there: then they are asked for by themselves.
 */
export const coveragesAlong = (
  service: Service,
  { patients, included, honoured }: Along,
): ReadonlyMap<string, readonly Coverage[]> => {
  if (!honoured('_revinclude')) return new Map();
  const context = service.context();
  for (const patient of patients) included.addMatch(patient);
  try {
    const coverages = included.all('Coverage').filter(isInForce);
    if (!coverages.every((one) => isTold(one, included, context))) return new Map();
    const owned = Map.groupBy(coverages, (one) => beneficiaryOf(one, context));
    return new Map(
      patients.map(({ id }) => [id, (owned.get(id) ?? []).map((one) => toCoverage(one, included, context))]),
    );
  } catch {
    return new Map(); // one that cannot be read fails where coverages are asked for, not the patient
  }
};
