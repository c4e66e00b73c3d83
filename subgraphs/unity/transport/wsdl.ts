/** Namespace of Unity's operations and elements. */
export const UNITY_NAMESPACE = 'http://www.allscripts.com/Unity';
const FAULT_NAMESPACE = 'http://schemas.datacontract.org/2004/07/Allscripts.UAI.Unity.UnityService';

/**
 * The operations in use, with their arguments in the order that the server demands: its serializer reads elements in
 * order and takes a late one for absent. Everything that writes arguments takes the order from here.
 */
export const OPERATIONS = {
  GetSecurityToken: ['Username', 'Password'],
  RetireSecurityToken: ['Token', 'Appname'],
  Magic: [
    'Action',
    'UserID',
    'Appname',
    'PatientID',
    'Token',
    'Parameter1',
    'Parameter2',
    'Parameter3',
    'Parameter4',
    'Parameter5',
    'Parameter6',
    'data',
  ],
} as const;
export type Operation = keyof typeof OPERATIONS;
export type Argument<O extends Operation> = (typeof OPERATIONS)[O][number];

const names = Object.keys(OPERATIONS) as Operation[];
const each = (render: (name: Operation) => string): string => names.map(render).join('\n');

const optional = (name: string, type: string): string =>
  `<xs:element minOccurs="0" name="${name}" nillable="true" type="${type}"/>`;

const element = (name: string, content: string): string =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence>${content}</xs:sequence></xs:complexType></xs:element>`;

/** A DataSet describes itself in every answer, so its content is open here. */
const dataSet = `<xs:element minOccurs="0" name="MagicResult" nillable="true"><xs:complexType><xs:sequence>
  <xs:any minOccurs="0" maxOccurs="unbounded" namespace="##any" processContents="skip"/>
</xs:sequence></xs:complexType></xs:element>`;

const RESULTS: Readonly<Record<Operation, string>> = {
  GetSecurityToken: optional('GetSecurityTokenResult', 'xs:string'),
  RetireSecurityToken: '',
  Magic: dataSet,
};

const request = (name: Operation): string =>
  element(
    name,
    OPERATIONS[name].map((part) => optional(part, part === 'data' ? 'xs:base64Binary' : 'xs:string')).join(''),
  );

const message = (name: string, part: string): string =>
  `<wsdl:message name="${name}"><wsdl:part name="parameters" element="${part}"/></wsdl:message>`;

/**
 * Our own description of the SOAP 1.1 document/literal service, since the vendor publishes none. It is text rather than
 * a file, so that it is found the same way from source and from a build. Names of messages, binding, port and service
 * are ours; everything that goes over the wire follows public clients (see the README).
 */
export const UNITY_WSDL = `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="UnityService" targetNamespace="${UNITY_NAMESPACE}" xmlns:tns="${UNITY_NAMESPACE}"
  xmlns:fault="${FAULT_NAMESPACE}" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">
<wsdl:types>
<xs:schema elementFormDefault="qualified" targetNamespace="${FAULT_NAMESPACE}">
${element('UnityFault', optional('ErrorMessage', 'xs:string'))}
</xs:schema>
<xs:schema elementFormDefault="qualified" targetNamespace="${UNITY_NAMESPACE}">
${each((name) => `${request(name)}\n${element(`${name}Response`, RESULTS[name])}`)}
</xs:schema>
</wsdl:types>
${each((name) => `${message(`${name}In`, `tns:${name}`)}\n${message(`${name}Out`, `tns:${name}Response`)}`)}
${message('UnityFaultOut', 'fault:UnityFault')}
<wsdl:portType name="UnityPort">
${each(
  (name) => `<wsdl:operation name="${name}">
<wsdl:input message="tns:${name}In"/><wsdl:output message="tns:${name}Out"/>
<wsdl:fault name="UnityFault" message="tns:UnityFaultOut"/>
</wsdl:operation>`,
)}
</wsdl:portType>
<wsdl:binding name="UnityBinding" type="tns:UnityPort">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${each(
  (name) => `<wsdl:operation name="${name}">
<soap:operation soapAction="${UNITY_NAMESPACE}/IUnityService/${name}" style="document"/>
<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
<wsdl:fault name="UnityFault"><soap:fault name="UnityFault" use="literal"/></wsdl:fault>
</wsdl:operation>`,
)}
</wsdl:binding>
<wsdl:service name="UnityService">
<wsdl:port name="UnityPort" binding="tns:UnityBinding"><soap:address location="https://unity.invalid/"/></wsdl:port>
</wsdl:service>
</wsdl:definitions>`;
