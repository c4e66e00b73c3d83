import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Auth, SourceSettings } from '../../../upstream/source.ts';
import type { Upstream } from '../../../upstream/upstream.ts';
import { type ActionName, guideParameters, isInGuide, retryOf } from '../actions.ts';
import { type Table, toTables } from '../payload.ts';
import { envelopeOf, faultRefusal, tableRefusal, verdictOf } from './refusal.ts';
import type { Transport } from './transport.ts';
import { UNITY_NAMESPACE } from './wsdl.ts';

const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope';
const WS_SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });
/** Gives the same shapes as the SOAP library, so that one reader serves both. Nothing is read as a number. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributesGroupName: 'attributes',
  attributeNamePrefix: '',
  textNodeName: '$value',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
});

export interface GuideCredentials {
  readonly username: string;
  readonly password: string;
  readonly ehrUser: string;
  readonly appName: string;
}

/** The guide's envelope: SOAP 1.2 with a WS-Security user name token, and named parameters. */
export const guideEnvelope = (
  action: ActionName,
  parameters: readonly (readonly [name: string, value: string])[],
  credentials: GuideCredentials,
): string =>
  builder.build({
    'soap:Envelope': {
      '@xmlns:soap': SOAP12,
      'soap:Header': {
        Security: {
          '@xmlns': WS_SECURITY,
          UsernameToken: { Username: credentials.username, Password: credentials.password },
        },
      },
      'soap:Body': {
        Unity_RunRequest: {
          '@xmlns': UNITY_NAMESPACE,
          PatientFindRequest: {
            Action: action,
            AppUserID: credentials.ehrUser,
            Appname: credentials.appName,
            ...(action === 'SearchPatients'
              ? { PatientFindData: Object.fromEntries(parameters) }
              : { Parameter: parameters.map(([Name, Value]) => ({ Name, Value })) }),
          },
        },
      },
    },
  });

/** The dialect that the integration guide prints. It has no sessions: every call carries the credentials. */
export class GuideTransport implements Transport {
  readonly #source: SourceSettings;
  readonly #auth: Extract<Auth, { type: 'unity' }>;
  readonly #upstream: Upstream;
  readonly #now: () => number;

  constructor(source: SourceSettings, auth: Extract<Auth, { type: 'unity' }>, upstream: Upstream, now: () => number) {
    this.#source = source;
    this.#auth = auth;
    this.#upstream = upstream;
    this.#now = now;
  }

  offers(action: ActionName): boolean {
    return isInGuide(action);
  }

  async run(action: ActionName, values: Readonly<Record<string, string>>, call: Call): Promise<readonly Table[]> {
    const parameters = guideParameters(action, values);
    if (parameters === undefined) throw new GraphError('UNSUPPORTED_BY_VENDOR', { source: this.#source.id });
    const { username, password, ehrUser, appName } = this.#auth;
    const answer = await this.#upstream.send(
      {
        method: 'POST',
        url: `${this.#source.baseUrl.replace(/\/UnityService\.svc(\/unityservice)?$/i, '')}/RunRequest`,
        headers: { 'content-type': 'application/soap+xml; charset=utf-8' },
        body: guideEnvelope(action, parameters, { username, password: password.reveal(), ehrUser, appName }),
        name: `RunRequest ${action}`,
        retry: retryOf(action),
        verdict: (answer) => verdictOf(answer, this.#now()),
      },
      call,
    );
    const body = this.#body(envelopeOf(answer, this.#source.id, this.#now()));
    if (body.Fault !== undefined) throw faultRefusal(body.Fault, this.#source.id, answer.status);
    const response = body.Unity_RunRequestResponse as { readonly Unity_RunRequestResult?: unknown } | undefined;
    const tables = toTables(response?.Unity_RunRequestResult, this.#source.id);
    const refused = tableRefusal(tables, this.#source.id);
    if (refused !== undefined) throw refused;
    return tables;
  }

  #body(text: string): Readonly<Record<string, unknown>> {
    // the parser itself forgives a document that ends too early
    const whole = XMLValidator.validate(text) === true;
    const parsed = whole ? (parser.parse(text) as { readonly Envelope?: { readonly Body?: unknown } }) : undefined;
    const body = parsed?.Envelope?.Body;
    if (typeof body !== 'object' || body === null)
      throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
    return body as Readonly<Record<string, unknown>>;
  }

  async close(): Promise<void> {
    // nothing is held open
  }
}
