import type { Mapped } from '../../../schema/records.ts';
import { cell, idCell, type Row } from '../payload.ts';

export const LOCATION_ID = ['Scheduling_Location_ID', 'Location_ID', 'ID'] as const;
const NAME = ['Description', 'Scheduling_Location_Desc', 'Location_Name', 'Name', 'Abbreviation'] as const;

/** Unity tells no zones: every place has its source's. */
const location = (key: string, externalId: string, name: string, zone: string, code?: string): Mapped<'Location'> => ({
  key,
  externalId,
  name,
  timeZone: zone,
  own: { code: code ?? null },
});

/** A row of Practice Management's GetSchedulingLocations; its column names follow those of its sister lists. */
export const toLocation = (row: Row, zone: string): Mapped<'Location'> | undefined => {
  const id = idCell(row, ...LOCATION_ID);
  const name = cell(row, ...NAME);
  return id === undefined || name === undefined ? undefined : location(id, id, name, zone, cell(row, 'Abbreviation'));
};

/** The sites at which the EHR's providers work by default, for a licence without Practice Management. */
export const toSites = (providers: readonly Row[], zone: string): readonly Mapped<'Location'>[] => {
  const sites = new Map<string, Mapped<'Location'>>();
  for (const row of providers) {
    const code = cell(row, 'DefaultSiteCode');
    const name = cell(row, 'DefaultSiteName');
    if (code !== undefined && name !== undefined && !sites.has(code))
      sites.set(code, location(`site:${code}`, code, name, zone, code));
  }
  return [...sites.values()];
};

/** A place of which the guide's dialect tells the name and nothing else. */
export const toNamedLocation = (name: string, zone: string): Mapped<'Location'> =>
  location(`name:${name}`, name, name, zone);

const normal = (name: string): string => name.trim().toLowerCase();

/** The place of a visit: by id where the row has one, otherwise by its name when only one place is called so. */
export const locationOf = (row: Row, locations: readonly Mapped<'Location'>[]): string | undefined => {
  const id = idCell(row, 'Scheduling_Location_ID');
  if (id !== undefined && locations.some(({ key }) => key === id)) return id;
  const name = cell(row, 'LocationName');
  return name === undefined ? undefined : locationNamed(name, locations);
};

export const locationNamed = (name: string, locations: readonly Mapped<'Location'>[]): string | undefined => {
  const same = locations.filter((each) => normal(each.name ?? '') === normal(name));
  return same.length === 1 ? same[0]?.key : undefined;
};
