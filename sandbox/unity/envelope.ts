import { child, type Element, readXml } from './xml.ts';

export const SOAP_11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope';
/** Namespace of the service's operations and of every element in them. */
export const UNITY = 'http://www.allscripts.com/Unity';
export const UNITY_FAULT = 'http://schemas.datacontract.org/2004/07/Allscripts.UAI.Unity.UnityService';

export interface Envelope {
  readonly header?: Element;
  /** The one element of the body. */
  readonly content?: Element;
}

/** Opens an envelope of that SOAP version; undefined when it is none. */
export const openEnvelope = (body: string, version: string): Envelope | undefined => {
  const root = readXml(body);
  if (root?.name !== 'Envelope' || root.namespace !== version) return undefined;
  const header = child(root, version, 'Header');
  const content = child(root, version, 'Body')?.children[0];
  return { ...(header && { header }), ...(content && { content }) };
};

/** Whether the request says that its body is of that media type. */
export const isMediaType = (contentType: string | undefined, wanted: string): boolean =>
  contentType?.split(';')[0]?.trim().toLowerCase() === wanted;
