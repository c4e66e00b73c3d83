import type { Coverage, Reference } from '@medplum/fhirtypes';
import type { Commands } from '../../../schema/commands.ts';
import { validationFailed } from '../../../schema/errors.ts';
import { fold } from '../../../schema/fold.ts';
import type { WriteCall, Writer } from '../../vendor/writes/writer.ts';
import { newClaim } from '../mapping/claim-form.ts';
import { beneficiaryOf, isInForce, toCoverage } from '../mapping/coverage.ts';
import { largestPage } from '../profile.ts';
import type { Service } from '../service.ts';
import { create, findByNumber } from './create.ts';
import { checkKeys, plannedCreate, refuse, refuseMerged } from './plan.ts';
import type { Places } from './refusal.ts';

type Input = Commands['submitClaim'];

const PLACES: Places = {
  'Claim.patient': ['patient'],
  'Claim.provider': ['practitioner'],
  'Claim.insurer': ['payer'],
  'Claim.insurance': ['payer'],
  'Claim.diagnosis': ['diagnoses', '#'],
  'Claim.item': ['lines', '#'],
  'Claim.item.productOrService': ['lines', '#', 'procedure'],
  'Claim.item.modifier': ['lines', '#', 'modifiers'],
  'Claim.item.diagnosisSequence': ['lines', '#', 'diagnosisPointers'],
  'Claim.item.quantity': ['lines', '#', 'units'],
  'Claim.item.net': ['lines', '#', 'charge'],
  'Claim.item.serviced': ['lines', '#', 'serviceDate'],
  'Claim.item.servicedDate': ['lines', '#', 'serviceDate'],
};

/** R4 wants a claim to be on a coverage: the patient's with this payer, the only one, or one that only names the payer. */
const coverageOf = async (
  service: Service,
  { patient, payer }: Input,
  call: WriteCall,
): Promise<Reference<Coverage>> => {
  const params = [
    ['patient', patient],
    ...service.profile.coverages.include.map((value) => ['_include', value] as const),
    ...service.count(largestPage(service.profile, 'Coverage')),
  ] as const;
  const { matches, included } = await service.client.search('Coverage', params, call);
  const context = service.context();
  const inForce = matches.filter((one) => isInForce(one) && beneficiaryOf(one, context) === patient);
  const named = inForce.filter((one) => fold(toCoverage(one, included, context).payer) === fold(payer));
  const [one, more] = payer === undefined ? inForce : named;
  if (one !== undefined && (payer !== undefined || more === undefined)) return { reference: `Coverage/${one.id}` };
  if (payer !== undefined) return { display: payer };
  throw validationFailed([
    { path: ['payer'], rule: 'vendor', message: 'The patient has not exactly one coverage: say who pays.' },
  ]);
};

const dayOf = (service: Service): string => new Date(service.now()).toISOString();

export const claimSubmitter = (service: Service): Writer<'submitClaim'> => ({
  plan: (input) => {
    const { patient, practitioner, appointment, payer } = input;
    refuse(checkKeys({ patient, practitioner, appointment }));
    const coverage = payer === undefined ? {} : { display: payer };
    return [
      { vendorCall: 'GET Coverage', fields: [{ name: 'patient', value: '***' }] },
      plannedCreate(service, 'Claim', newClaim(input, coverage, dayOf(service))),
    ];
  },
  send: async (input, sending) => {
    refuseMerged(service, input.patient);
    const coverage = await coverageOf(service, input, sending.call);
    return create(service, 'Claim', newClaim(input, coverage, dayOf(service)), sending, PLACES);
  },
  // R4's claims name encounters, not appointments
  notKept: ['appointment'],
  ...(service.profile.writes.numbered === 'found'
    ? { find: (_input, sending) => findByNumber(service, 'Claim', sending) }
    : {}),
});
