import { UNITY, UNITY_FAULT } from './envelope.ts';

interface Described {
  readonly name: string;
  readonly parts: readonly string[];
  /** Children of the response element. */
  readonly result: string;
  readonly faults: boolean;
}

const TEXT = (name: string): string => `<xs:element minOccurs="0" name="${name}" nillable="true" type="xs:string"/>`;
const BINARY = '<xs:element minOccurs="0" name="data" nillable="true" type="xs:base64Binary"/>';
/** A .NET DataSet: a schema, then anything. */
const DATA_SET =
  '<xs:element minOccurs="0" name="MagicResult" nillable="true"><xs:complexType><xs:sequence>' +
  '<xs:any minOccurs="0" maxOccurs="unbounded" namespace="##any" processContents="skip"/>' +
  '</xs:sequence></xs:complexType></xs:element>';

const OPERATIONS: readonly Described[] = [
  {
    name: 'GetSecurityToken',
    parts: ['Username', 'Password'].map(TEXT),
    result: TEXT('GetSecurityTokenResult'),
    faults: true,
  },
  {
    name: 'GetValidSecurityToken',
    parts: ['Username', 'Password', 'originalToken'].map(TEXT),
    result: TEXT('GetValidSecurityTokenResult'),
    faults: false,
  },
  { name: 'RetireSecurityToken', parts: ['Token', 'Appname'].map(TEXT), result: '', faults: false },
  {
    name: 'Magic',
    parts: [
      ...['Action', 'UserID', 'Appname', 'PatientID', 'Token'].map(TEXT),
      ...[1, 2, 3, 4, 5, 6].map((position) => TEXT(`Parameter${position}`)),
      BINARY,
    ],
    result: DATA_SET,
    faults: true,
  },
];

const each = (write: (operation: Described) => string): string => OPERATIONS.map(write).join('');

const element = (name: string, content: string): string =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence>${content}</xs:sequence></xs:complexType></xs:element>`;

const message = (name: string, part: string, of: string): string =>
  `<wsdl:message name="IUnityService_${name}"><wsdl:part name="${part}" element="${of}"/></wsdl:message>`;

/**
 * Describes the service as far as it is publicly known. Names of messages, port and service are assumptions, and so is
 * the address, which callers replace by their own.
 */
export const WSDL = [
  '<?xml version="1.0" encoding="utf-8"?>',
  `<wsdl:definitions name="UnityService" targetNamespace="${UNITY}" xmlns:tns="${UNITY}" xmlns:flt="${UNITY_FAULT}"`,
  ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"',
  ' xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"><wsdl:types>',
  `<xs:schema elementFormDefault="qualified" targetNamespace="${UNITY_FAULT}">`,
  `<xs:complexType name="UnityFault"><xs:sequence>${TEXT('ErrorMessage')}</xs:sequence></xs:complexType>`,
  '<xs:element name="UnityFault" nillable="true" type="flt:UnityFault"/></xs:schema>',
  `<xs:schema elementFormDefault="qualified" targetNamespace="${UNITY}"><xs:import namespace="${UNITY_FAULT}"/>`,
  each(({ name, parts, result }) => element(name, parts.join('')) + element(`${name}Response`, result)),
  '</xs:schema></wsdl:types>',
  each(
    ({ name }) =>
      message(`${name}_Input`, 'parameters', `tns:${name}`) +
      message(`${name}_Output`, 'parameters', `tns:${name}Response`),
  ),
  message('UnityFault', 'detail', 'flt:UnityFault'),
  '<wsdl:portType name="IUnityService">',
  each(
    ({ name, faults }) =>
      `<wsdl:operation name="${name}"><wsdl:input message="tns:IUnityService_${name}_Input"/>` +
      `<wsdl:output message="tns:IUnityService_${name}_Output"/>${
        faults ? '<wsdl:fault name="UnityFaultFault" message="tns:IUnityService_UnityFault"/>' : ''
      }</wsdl:operation>`,
  ),
  '</wsdl:portType><wsdl:binding name="basichttp" type="tns:IUnityService">',
  '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
  each(
    ({ name }) =>
      `<wsdl:operation name="${name}"><soap:operation soapAction="${UNITY}/IUnityService/${name}" style="document"/>` +
      '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>',
  ),
  '</wsdl:binding><wsdl:service name="UnityService"><wsdl:port name="basichttp" binding="tns:basichttp">',
  '<soap:address location="https://unity.example.org/Unity/UnityService.svc/unityservice"/>',
  '</wsdl:port></wsdl:service></wsdl:definitions>',
].join('');
