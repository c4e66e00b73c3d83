import type { ChangeLinks } from '../changes.ts';
import type { ChangeColumns } from './tables.ts';

/** What subscribers choose by. */
export const LINKS = ['patient', 'practitioner', 'codes'] as const satisfies readonly (keyof ChangeLinks)[];
export type Link = (typeof LINKS)[number];

/** The same as columns, with what the change before had. */
export const LINK_COLUMNS = [
  ...LINKS,
  'former_patient',
  'former_practitioner',
  'former_codes',
] as const satisfies readonly (keyof ChangeColumns)[];

export const linksOf = ({ patient, practitioner, codes }: ChangeLinks): ChangeLinks => ({
  ...(patient === undefined ? {} : { patient }),
  ...(practitioner === undefined ? {} : { practitioner }),
  ...(codes === undefined ? {} : { codes }),
});

const read = (patient: string | null, practitioner: string | null, codes: string | null): ChangeLinks => ({
  ...(patient === null ? {} : { patient }),
  ...(practitioner === null ? {} : { practitioner }),
  ...(codes === null ? {} : { codes: JSON.parse(codes) }),
});

/** The links of a row as a change tells them. */
export const toLinks = (
  row: Pick<ChangeColumns, (typeof LINK_COLUMNS)[number]>,
): ChangeLinks & { readonly former?: ChangeLinks } => {
  const former = read(row.former_patient, row.former_practitioner, row.former_codes);
  return {
    ...read(row.patient, row.practitioner, row.codes),
    ...(Object.keys(former).length === 0 ? {} : { former }),
  };
};
