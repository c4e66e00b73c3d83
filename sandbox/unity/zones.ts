/** What Windows calls the zones of the United States, from the CLDR's table of Windows zones. */
const WINDOWS: Readonly<Record<string, string>> = {
  'America/New_York': 'Eastern Standard Time',
  'America/Detroit': 'Eastern Standard Time',
  'America/Kentucky/Louisville': 'Eastern Standard Time',
  'America/Indiana/Indianapolis': 'US Eastern Standard Time',
  'America/Chicago': 'Central Standard Time',
  'America/Menominee': 'Central Standard Time',
  'America/Denver': 'Mountain Standard Time',
  'America/Boise': 'Mountain Standard Time',
  'America/Phoenix': 'US Mountain Standard Time',
  'America/Los_Angeles': 'Pacific Standard Time',
  'America/Anchorage': 'Alaskan Standard Time',
  'America/Adak': 'Aleutian Standard Time',
  'Pacific/Honolulu': 'Hawaiian Standard Time',
  'America/Puerto_Rico': 'SA Western Standard Time',
  'Pacific/Guam': 'West Pacific Standard Time',
  UTC: 'UTC',
};

/** The Windows name of an IANA zone, the same in summer; throws for a zone that the table does not hold. */
export const windowsZone = (zone: string): string => {
  const name = WINDOWS[zone];
  if (name === undefined) throw new Error('no Windows name is known for the time zone of the practice');
  return name;
};
