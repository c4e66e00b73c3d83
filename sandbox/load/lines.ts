import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'lossless-json';

/** Names where it stands and never what it says. */
export class LoadError extends Error {
  readonly file: string;
  readonly line: number | undefined;

  constructor(message: string, file: string, line?: number) {
    super(line === undefined ? `${file}: ${message}` : `${file}, line ${line}: ${message}`);
    this.name = 'LoadError';
    this.file = file;
    this.line = line;
  }
}

export interface Line {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  /** The line as it stands in the file, without its end. */
  readonly text: string;
}

/** Far above any resource; a longer line means that the file is no NDJSON. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** The `*.ndjson` files of folders: folders in the given order, files by name. */
export const ndjsonFiles = async (folders: readonly string[]): Promise<string[]> => {
  const files: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => {
      throw new LoadError('the folder cannot be read', folder);
    });
    const found = names.filter((name) => name.endsWith('.ndjson')).sort();
    if (found.length === 0) throw new LoadError('the folder holds no .ndjson file', folder);
    files.push(...found.map((name) => join(folder, name)));
  }
  return files;
};

/**
 * The lines of a file that are not blank, one after the other. Only LF and CRLF end a line: the other line ends of
 * Unicode may stand inside a JSON text.
 */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  let number = 0;
  let rest = '';
  const line = (text: string): Line | undefined => {
    number += 1;
    const bare = (number === 1 ? text.replace(/^\uFEFF/, '') : text).replace(/\r$/, '');
    return bare.trim() === '' ? undefined : { file, number, text: bare };
  };
  for await (const chunk of createReadStream(file, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new LoadError('the line is too long', file, number + parts.length + 1);
    for (const part of parts) {
      const found = line(part);
      if (found !== undefined) yield found;
    }
  }
  const last = line(rest);
  if (last !== undefined) yield last;
}

/** A JSON object; its numbers stay the text that stands in the line, so that `1.00` keeps its digits. */
export const objectOf = ({ file, number, text }: Line): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = parse(text, undefined, (digits) => digits);
  } catch {
    // The parser's message quotes the line.
    throw new LoadError('the line is not JSON', file, number);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LoadError('the line is not a JSON object', file, number);
  return { ...value };
};
