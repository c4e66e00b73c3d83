import { Field, ID, InputType } from 'type-graphql';
import { Base64Scalar } from '../scalars.ts';
import { WriteInput } from './input.ts';
import { Form, Line, Must } from './rules.ts';

/** Bytes of a document, decoded. */
const LARGEST_DOCUMENT = 10 * 1024 * 1024;

const bytesOf = (base64: string): number => (base64.length / 4) * 3 - (/=*$/.exec(base64)?.[0].length ?? 0);

@InputType({ description: 'A document for a patient’s chart.' })
export class SaveDocumentInput extends WriteInput {
  @Field(() => ID)
  patient!: string;
  @Field(() => String, { description: 'LOINC or the vendor’s own word for the kind of document.' })
  @Line(100)
  type!: string;
  @Field(() => String, { nullable: true })
  @Line(200)
  title?: string | null;
  @Field(() => String, { description: 'For example `application/pdf`.' })
  @Form(
    'contentType',
    /^[a-z]+\/[\w.+-]{1,80}(; ?[\w-]{1,40}=[\w.+-]{1,80}){0,3}$/i,
    'Must be a media type, for example application/pdf.',
  )
  contentType!: string;
  @Field(() => Base64Scalar, {
    description:
      'Not empty, at most 10 MB. The limit on a request’s body comes first: of 256 KB, unless the gateway is configured for more, about 190 KB are left.',
  })
  @Must<string>('size', 'Must not be empty, and have at most 10 MB.', (content) => {
    const bytes = bytesOf(content);
    return bytes > 0 && bytes <= LARGEST_DOCUMENT;
  })
  content!: string;
}
