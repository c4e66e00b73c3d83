import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sourceId } from '../../schema/ids.ts';
import type { Call } from '../../upstream/call.ts';
import { Secret, type SourceSettings } from '../../upstream/source.ts';
import { columnName, type Row } from './payload.ts';

/** What the tests of this folder share. Not part of the product. */

export const SIGN_IN = {
  appName: 'Fixture.App',
  username: 'service',
  password: 'service-secret',
  ehrUser: 'doc',
  ehrPassword: 'doc-secret',
} as const;

export const settings = (
  baseUrl: string,
  more: Partial<Omit<SourceSettings, 'auth'>> & {
    readonly signIn?: typeof SIGN_IN | Record<keyof typeof SIGN_IN, string>;
  } = {},
): SourceSettings => {
  const { signIn = SIGN_IN, ...rest } = more;
  return {
    id: sourceId('lakeside'),
    name: 'Lakeside',
    vendor: 'ALLSCRIPTS_TOUCHWORKS',
    dialect: 'magic-soap',
    baseUrl,
    timeZone: 'America/Chicago',
    auth: {
      type: 'unity',
      appName: signIn.appName,
      username: signIn.username,
      password: new Secret(signIn.password),
      ehrUser: signIn.ehrUser,
      ehrPassword: new Secret(signIn.ehrPassword),
    },
    limits: { perSecond: 100, perDay: 100_000, concurrency: 4 },
    timeoutMs: 2_000,
    allowPrivateNetwork: true,
    labCodes: {},
    ...rest,
  };
};

/** One operation's call, with the names of the vendor calls that it made. */
export const operation = (now: () => number = Date.now): Call & { readonly made: string[] } => {
  const made: string[] = [];
  return {
    made,
    now,
    signal: AbortSignal.timeout(10_000),
    record: ({ call }) => {
      made.push(call);
    },
  };
};

/** A row as the product reads one: columns in any casing, empty cells left out. */
export const row = (cells: Readonly<Record<string, string>>): Row =>
  new Map(
    Object.entries(cells)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => [columnName(name), text]),
  );

const xml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

type Cells = Readonly<Record<string, string>>;

/** A .NET DataSet with one table, its columns declared, empty cells as empty elements. */
export const dataSet = (action: string, rows: readonly Cells[], columns = Object.keys(rows[0] ?? {})): string => {
  const name = action.toLowerCase();
  const declared = columns.map((column) => `<xs:element name="${column}" type="xs:string" minOccurs="0"/>`).join('');
  const filled = rows
    .map((cells, i) => {
      const elements = Object.entries(cells).map(([column, text]) => `<${column}>${xml(text)}</${column}>`);
      return `<${name}info d:id="${name}info${i + 1}" m:rowOrder="${i}">${elements.join('')}</${name}info>`;
    })
    .join('');
  return `<xs:schema id="${name}response" xmlns="" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:m="urn:m">
<xs:element name="${name}response" m:IsDataSet="true"><xs:complexType><xs:choice minOccurs="0" maxOccurs="unbounded">
<xs:element name="${name}info"><xs:complexType><xs:sequence>${declared}</xs:sequence></xs:complexType></xs:element>
</xs:choice></xs:complexType></xs:element></xs:schema>
<d:diffgram xmlns:m="urn:m" xmlns:d="urn:schemas-microsoft-com:xml-diffgram-v1">${
    rows.length === 0 ? '' : `<${name}response xmlns="">${filled}</${name}response>`
  }</d:diffgram>`;
};

const soap11 = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;

export const tokenAnswer = (token: string): string =>
  soap11(
    `<GetSecurityTokenResponse xmlns="http://www.allscripts.com/Unity"><GetSecurityTokenResult>${token}</GetSecurityTokenResult></GetSecurityTokenResponse>`,
  );

export const magicAnswer = (content: string): string =>
  soap11(
    `<MagicResponse xmlns="http://www.allscripts.com/Unity"><MagicResult>${content}</MagicResult></MagicResponse>`,
  );

export const userAnswer = (valid = 'YES'): string =>
  magicAnswer(dataSet('GetUserAuthentication', [{ ValidUser: valid, ErrorMessage: '', ClientID: 'X' }]));

export const faultAnswer = (text: string): string =>
  soap11(`<s:Fault><faultcode>s:Client</faultcode><faultstring xml:lang="en-US">${text}</faultstring><detail>
<UnityFault xmlns="http://schemas.datacontract.org/2004/07/Allscripts.UAI.Unity.UnityService"><ErrorMessage>${text}</ErrorMessage></UnityFault>
</detail></s:Fault>`);

export const guideAnswer = (content: string): string =>
  `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body>
<Unity_RunRequestResponse xmlns="http://www.allscripts.com/Unity"><Unity_RunRequestResult>${content}</Unity_RunRequestResult></Unity_RunRequestResponse>
</soap:Body></soap:Envelope>`;

export interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}
export interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  /** Sends only the first half and hangs up. */
  readonly cut?: boolean;
}

/** An HTTP server of one test on a free port. */
export const serve = async (
  handle: (request: Request) => Reply,
): Promise<{ readonly url: string; readonly requests: Request[]; close(): Promise<void> }> => {
  const requests: Request[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() };
    requests.push(request);
    const { status = 200, type = 'text/xml; charset=utf-8', body, cut = false } = handle(request);
    const bytes = Buffer.from(body);
    response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
    if (cut) response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    else response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** The action of a `Magic` request, or its operation. */
export const actionOf = ({ body }: Request): string =>
  /<(?:\w+:)?Action>([^<]*)</.exec(body)?.[1] ??
  /<(?:\w+:)?(GetSecurityToken|RetireSecurityToken)[ >]/.exec(body)?.[1] ??
  '';
