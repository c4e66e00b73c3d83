import type { Commands } from '../../../schema/commands.ts';
import { validationFailed } from '../../../schema/errors.ts';
import type { Sending, Sent, Sighting, WriteCall, Writer } from '../../vendor/writes/writer.ts';
import { offers } from '../capabilities.ts';
import { subjectOf } from '../mapping/observation.ts';
import { correctedObservation, fromObservation } from '../mapping/observation-form.ts';
import type { Resource } from '../payload.ts';
import type { Service } from '../service.ts';
import { change } from './change.ts';
import { create, findByNumber } from './create.ts';
import { stepsBetween } from './patch.ts';
import { checkKeys, fieldsOf, plannedChange, plannedCreate, refuse, refuseMerged } from './plan.ts';
import type { Places } from './refusal.ts';

type Input = Commands['recordObservation'];

const PLACES: Places = {
  'Observation.code': ['code'],
  'Observation.category': ['category'],
  'Observation.subject': ['patient'],
  'Observation.status': ['status'],
  'Observation.effective': ['effective'],
  'Observation.effectiveDateTime': ['effective'],
  'Observation.value': ['value'],
  'Observation.valueQuantity': ['value', 'quantity'],
  'Observation.valueQuantity.value': ['value', 'quantity', 'value'],
  'Observation.valueQuantity.unit': ['value', 'quantity', 'unit'],
  'Observation.valueQuantity.code': ['value', 'quantity', 'code'],
  'Observation.valueCodeableConcept': ['value', 'code'],
  'Observation.valueString': ['value', 'text'],
  'Observation.valueBoolean': ['value', 'boolean'],
  'Observation.valueInteger': ['value', 'integer'],
  'Observation.valueDateTime': ['value', 'dateTime'],
};

const checked = (service: Service, { patient, corrects }: Input): void => {
  refuse([
    ...checkKeys({ patient, corrects }),
    ...(corrects === undefined || offers(service.profile, 'Observation', 'UPDATE')
      ? []
      : [{ path: ['corrects'], rule: 'vendor', message: 'This vendor’s results cannot be changed.' }]),
  ]);
};

/** A correction is of the same patient's result, and of one with a value of its own: what a panel's parts say is theirs. */
const checkSame = (service: Service, before: Resource<'Observation'>, { patient, status }: Input): void => {
  if (subjectOf(before, service.context()) !== patient)
    throw validationFailed([{ path: ['patient'], rule: 'corrects', message: 'Is not the patient of this result.' }]);
  if (before.component.length > 0 && status !== 'ENTERED_IN_ERROR')
    throw validationFailed([
      { path: ['corrects'], rule: 'vendor', message: 'A panel cannot be corrected by a single value.' },
    ]);
};

const correct = async (service: Service, input: Input, corrects: string, sending: Sending): Promise<Sent> => {
  const now = new Date(service.now()).toISOString();
  await change(
    service,
    {
      type: 'Observation',
      id: corrects,
      edit: ({ document, resource }) => {
        checkSame(service, resource, input);
        return correctedObservation(document, resource, input, now);
      },
      places: PLACES,
    },
    sending,
  );
  return { key: corrects };
};

/** Says the result what it would say if it were put right now? When and how often it was is no matter. */
const findCorrected = async (service: Service, input: Input, corrects: string, call: WriteCall): Promise<Sighting> => {
  const { document, resource } = await service.client.original('Observation', corrects, call);
  const wanted = correctedObservation(document, resource, input, '');
  const missing = stepsBetween(document, { ...wanted, issued: document.issued }).filter(
    ({ path }) => path !== '/status' || input.status !== 'FINAL' || !SETTLED.has(resource.status ?? ''),
  );
  return missing.length === 0 ? { kind: 'found', key: corrects } : { kind: 'absent' };
};

const SETTLED: ReadonlySet<string> = new Set(['final', 'corrected']);

export const observationRecorder = (service: Service): Writer<'recordObservation'> => ({
  plan: (input) => {
    checked(service, input);
    const resource = fromObservation(input);
    return input.corrects === undefined
      ? [plannedCreate(service, 'Observation', resource)]
      : plannedChange(service, 'Observation', fieldsOf(resource));
  },
  send: async (input, sending) => {
    if (input.corrects !== undefined) return correct(service, input, input.corrects, sending);
    refuseMerged(service, input.patient);
    return create(service, 'Observation', fromObservation(input), sending, PLACES);
  },
  ...(service.profile.writes.numbered === 'found'
    ? {
        find: (input, sending) =>
          input.corrects === undefined
            ? findByNumber(service, 'Observation', sending)
            : findCorrected(service, input, input.corrects, sending.call),
      }
    : {}),
  // the status of a result that is put right, unless the client says another
  meant: (input) =>
    input.corrects !== undefined && input.status === 'FINAL' ? { ...input, status: 'CORRECTED' } : input,
});
