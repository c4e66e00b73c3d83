/** A name as it is compared: without case, accents and blanks around it. */
export const fold = (text: string | null | undefined): string =>
  (text ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
