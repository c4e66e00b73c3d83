/** Bytes in base64 with padding; of any size, which rules out a pattern with a group that repeats. */
export const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
