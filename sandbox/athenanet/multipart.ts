import { badFormat } from './reply.ts';

/** What a text that was no UTF-8 is read as. */
const UNREADABLE = '\uFFFD';

const headerOf = (head: string, name: string): string | undefined =>
  head
    .split('\r\n')
    .find((line) => line.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim();

/** A file as base64. Of bytes that are no text only base64 arrives whole. */
const fileOf = (head: string, content: string): string => {
  if (headerOf(head, 'content-transfer-encoding')?.toLowerCase() === 'base64') return content;
  if (content.includes(UNREADABLE)) throw badFormat('base64', 'other bytes');
  return Buffer.from(content).toString('base64');
};

/** The parts of a multipart form by their names, files as base64; nothing without a boundary. */
export const multipart = (contentType: string, body: string): URLSearchParams => {
  const fields = new URLSearchParams();
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return fields;
  const parts = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
  for (const part of parts) {
    const end = part.indexOf('\r\n\r\n');
    const [head, content] = [part.slice(0, end), part.slice(end + 4)];
    const disposition = headerOf(head, 'content-disposition') ?? '';
    const [, name] = /;\s*name="([^"]*)"/i.exec(disposition) ?? [];
    if (end < 0 || name === undefined) continue;
    fields.append(name, /;\s*filename=/i.test(disposition) ? fileOf(head, content) : content);
  }
  return fields;
};
