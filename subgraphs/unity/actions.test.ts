import { describe, expect, it } from 'vitest';
import { ACTIONS, type ActionName, guideParameters, isInGuide, magicArguments } from './actions.ts';

const DAYS = { start: '2025-03-10', end: '2025-03-14', patient: '', provider: '68' };

describe('the catalogue', () => {
  it.each<[ActionName, Record<string, string>, Record<string, string>]>([
    ['GetPatient', { patient: '10001' }, { PatientID: '10001', Parameter1: 'N' }],
    ['SearchPatients', { text: 'Sampleton, Avery' }, { Parameter1: 'Sampleton, Avery' }],
    ['GetSchedule', DAYS, { PatientID: '', Parameter1: '03/10/2025|03/14/2025', Parameter3: 'N', Parameter4: 'All' }],
    ['GetScheduleByPatientID', { patient: '10001' }, { PatientID: '10001' }],
    ['GetAppointmentById', { appointment: '8801' }, { Parameter1: '8801' }],
    [
      'GetAvailableSchedule',
      { resource: 'CLARKE', start: '2025-03-12', end: '2025-03-13' },
      { Parameter1: 'CLARKE', Parameter2: '03/12/2025', Parameter3: '03/13/2025' },
    ],
    [
      'GetResults',
      { patient: '1', since: '1900-01-01', until: '2099-12-31' },
      { PatientID: '1', Parameter1: '1900-01-01' },
    ],
    [
      'GetClinicalSummary',
      { patient: '1', sections: 'vitals|results' },
      { PatientID: '1', Parameter1: 'vitals|results' },
    ],
    ['GetDictionary', { dictionary: 'Document_Type_DE' }, { Parameter1: 'Document_Type_DE' }],
    ['GetEncounterList', { patient: '1' }, { PatientID: '1', Parameter3: '0', Parameter4: 'Y' }],
    ['GetCharges', { encounter: '70012' }, { Parameter1: '70012' }],
    ['GetProviders', {}, { Parameter3: 'Y', Parameter4: 'I', Parameter6: 'N' }],
    ['GetProvider', { provider: '68' }, { Parameter1: '68' }],
    ['GetAppointmentsByChangeDTTM', { since: '06/12/2025 13:00:00' }, { Parameter1: '06/12/2025 13:00:00' }],
    [
      'GetChangedPatients',
      { since: '2025-06-12T13:00:00' },
      { Parameter1: '2025-06-12T13:00:00', Parameter2: 'N', Parameter3: 'Y', Parameter4: 'N' },
    ],
    ['GetUserAuthentication', { password: 'p|q' }, { Parameter1: 'p|q' }],
  ])('puts the values of %s where Magic wants them', (action, values, expected) => {
    expect(magicArguments(action, values)).toEqual(expected);
  });

  it.each<[ActionName, Record<string, string>, readonly (readonly [string, string])[]]>([
    ['GetPatient', { patient: '10001' }, [['PatientID', '10001']]],
    ['GetPatientDemographics', { patient: '10001' }, [['PatientID', '10001']]],
    ['SearchPatients', { text: 'Smith, John' }, [['SearchString', 'Smith, John']]],
    [
      'GetSchedule',
      DAYS,
      [
        ['ProviderID', '68'],
        ['StartDate', '03/10/2025'],
        ['EndDate', '03/14/2025'],
      ],
    ],
    ['GetClinicalSummary', { patient: '1', sections: 'vitals' }, [['PatientID', '1']]],
    [
      'GetResults',
      { patient: '1', since: '2025-03-01', until: '2025-03-31' },
      [
        ['PatientID', '1'],
        ['StartDate', '03/01/2025'],
        ['EndDate', '03/31/2025'],
      ],
    ],
    ['GetDictionary', { dictionary: 'Document_Type_DE' }, [['DictionaryName', 'Document_Type_DE']]],
  ])('names the values of %s as the guide does', (action, values, expected) => {
    expect(guideParameters(action, values)).toEqual(expected);
  });

  it('leaves out a guide parameter without a value', () => {
    expect(guideParameters('GetSchedule', { ...DAYS, provider: '' })).toEqual([
      ['StartDate', '03/10/2025'],
      ['EndDate', '03/14/2025'],
    ]);
  });

  it('has in the guide’s dialect the guide’s actions and no others', () => {
    expect((Object.keys(ACTIONS) as ActionName[]).filter(isInGuide).sort()).toEqual([
      'GetClinicalSummary',
      'GetDictionary',
      'GetPatient',
      'GetPatientDemographics',
      'GetResults',
      'GetSchedule',
      'SaveAppointment',
      'SaveClinicalDocument',
      'SearchPatients',
    ]);
  });
});
