import type { DocumentReference } from '@medplum/fhirtypes';
import type { Commands } from '../../../schema/commands.ts';
import { settled } from '../../vendor/parallel.ts';
import type { Sending, Sighting, Writer } from '../../vendor/writes/writer.ts';
import { TooLong } from '../client.ts';
import { hasCoding } from '../mapping/datatypes.ts';
import { fromName } from '../mapping/word.ts';
import type { Resource } from '../payload.ts';
import { largestPage } from '../profile.ts';
import { toTarget } from '../reference.ts';
import type { Service } from '../service.ts';
import { create, findByNumber, isOfWrite } from './create.ts';
import { checkKeys, plannedCreate, refuse, refuseMerged } from './plan.ts';
import type { Places } from './refusal.ts';

type Input = Commands['saveDocument'];

const PLACES: Places = {
  'DocumentReference.subject': ['patient'],
  'DocumentReference.type': ['type'],
  'DocumentReference.description': ['title'],
  'DocumentReference.content': ['content'],
  'DocumentReference.content.attachment.contentType': ['contentType'],
  'DocumentReference.content.attachment.title': ['title'],
};

const newDocument = ({ patient, type, title, contentType, content }: Input, now: number): DocumentReference => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: fromName(type),
  subject: { reference: `Patient/${patient}` },
  date: new Date(now).toISOString(),
  content: [{ attachment: { contentType, data: content, ...(title === undefined ? {} : { title }) } }],
});

const SEVERAL = 'The patient has several new documents like this one.';
const UNTOLD = 'The patient’s documents were too many to be looked through before this one was sent.';

const isLike = ({ type, content }: Resource<'DocumentReference'>, input: Input): boolean => {
  const { coding, text } = fromName(input.type);
  const codes = new Set(coding?.map(({ code = '' }) => code) ?? []);
  const sameType = hasCoding(type, codes) || (text !== undefined && type?.text === text);
  return (
    sameType &&
    content.some(({ attachment }) => attachment?.contentType === input.contentType && attachment.title === input.title)
  );
};

type Lookup = Pick<Sending, 'id' | 'call' | 'progress'>;

const documentsLike = async (service: Service, input: Input, call: Lookup['call']) => {
  const count = service.count(largestPage(service.profile, 'DocumentReference'));
  const { matches } = await service.client.search('DocumentReference', [['patient', input.patient], ...count], call);
  const { base } = service.context();
  const isOthers = (subject: string | undefined): boolean => {
    const target = toTarget(subject, base);
    return target !== undefined && target.id !== input.patient;
  };
  return matches.filter((one) => !isOthers(one.subject?.reference) && isLike(one, input));
};

/**
 * Where the server does not find documents by identifiers, those like it that are there before are kept in mind, so that
 * one more is known to be this one.
 */
const noteBefore = async (service: Service, input: Input, sending: Sending): Promise<void> => {
  if (sending.progress.before !== undefined) return;
  const before = await settled(() => documentsLike(service, input, sending.call));
  if (before instanceof TooLong) return;
  if (before instanceof Error) throw before;
  await sending.keep({ before: before.map(({ id }) => id).join(' ') });
};

const findAmong = async (service: Service, input: Input, { id, call, progress }: Lookup): Promise<Sighting> => {
  if (progress.before === undefined) return { kind: 'unclear', reason: UNTOLD };
  const before = new Set(progress.before.split(' '));
  const alike = await settled(() => documentsLike(service, input, call));
  if (alike instanceof TooLong) return { kind: 'unclear', reason: UNTOLD };
  if (alike instanceof Error) throw alike;
  const fresh = alike.filter((one) => !before.has(one.id));
  const [one, more] = fresh.some((each) => isOfWrite(each, id)) ? fresh.filter((each) => isOfWrite(each, id)) : fresh;
  if (more !== undefined) return { kind: 'unclear', reason: SEVERAL };
  return one === undefined ? { kind: 'absent' } : { kind: 'found', key: one.id };
};

export const documentSaver = (service: Service): Writer<'saveDocument'> => {
  const isFound = service.profile.writes.numbered === 'found';
  return {
    plan: (input) => {
      refuse(checkKeys({ patient: input.patient }));
      const look = { vendorCall: 'GET DocumentReference', fields: [{ name: 'patient', value: '***' }] };
      const save = plannedCreate(service, 'DocumentReference', newDocument(input, service.now()));
      return isFound ? [save] : [look, save];
    },
    send: async (input, sending) => {
      refuseMerged(service, input.patient);
      if (!isFound) await noteBefore(service, input, sending);
      return create(service, 'DocumentReference', newDocument(input, service.now()), sending, PLACES);
    },
    find: (input, sending) =>
      isFound ? findByNumber(service, 'DocumentReference', sending) : findAmong(service, input, sending),
  };
};
