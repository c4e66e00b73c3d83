import type { ResourceType } from './payload.ts';
import type { Param } from './rules.ts';

const encode = (value: string): string =>
  encodeURIComponent(value).replace(/%(2C|3A|2F)/g, (hex) => decodeURIComponent(hex));

/** `/Patient?_id=a,b`: a comma stands between alternatives, so one inside a value must be escaped already. */
export const searchPath = (type: ResourceType, params: readonly Param[]): string =>
  params.length === 0 ? `/${type}` : `/${type}?${params.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`;

/** A value that stands for itself in a search: `\`, `,`, `$` and `|` are escaped (R4, search 3.1.1.1). */
export const literal = (value: string): string => value.replace(/[\\,$|]/g, (sign) => `\\${sign}`);
