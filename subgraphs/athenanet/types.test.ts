import { type GraphQLObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Cursors } from '../../schema/cursor.ts';
import { vendorSubgraph } from '../vendor/subgraph.ts';
import { athenanet } from './index.ts';
import { toAppointment, toSlot } from './mapping/appointment.ts';
import { toClaim } from './mapping/claim.ts';
import { toLocation, toPractitioner } from './mapping/directory.ts';
import { analyte, labs, result } from './mapping/lab-fixture.ts';
import { toPatient } from './mapping/patient.ts';
import { toVitals } from './mapping/vitals.ts';
import { VitalPayload } from './payload/chart.ts';
import { ClaimPayload } from './payload/claim.ts';
import { DepartmentPayload, ProviderPayload } from './payload/directory.ts';
import { PatientPayload } from './payload/patient.ts';
import { AppointmentPayload, SlotPayload } from './payload/schedule.ts';

const ZONE = 'America/New_York';
const vital = { clinicalelementid: 'VITALS.WEIGHT', vitalid: 1, value: '1' };
const timed = { appointmentid: 1, date: '12/01/2025', starttime: '09:00', duration: 15 };
const observations = [
  ...toVitals([VitalPayload.parse({ key: 'WEIGHT', readings: [[vital]] })], '1', ZONE),
  ...labs([result({ analytes: [analyte()] })]),
];

/** What each mapping fills beyond the unified fields. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  Patient: Object.keys(toPatient(PatientPayload.parse({ patientid: 1 }), '999901').own ?? {}),
  Appointment: Object.keys(toAppointment(AppointmentPayload.parse(timed), ZONE).own ?? {}),
  Observation: [...new Set(observations.flatMap(({ own }) => Object.keys(own ?? {})))],
  Claim: Object.keys(toClaim(ClaimPayload.parse({ claimid: 1 }), ZONE).own ?? {}),
  Practitioner: Object.keys(toPractitioner(ProviderPayload.parse({ providerid: 1 })).own ?? {}),
  Location: Object.keys(toLocation(DepartmentPayload.parse({ departmentid: 1 }), ZONE).own ?? {}),
  Slot: Object.keys(toSlot(SlotPayload.parse(timed), ZONE)?.own ?? {}),
  Source: [],
};

describe('the types of athenaNet', async () => {
  const { schema, sdl } = await vendorSubgraph(athenanet, [], { now: Date.now, cursors: new Cursors('test') });
  const fieldsOf = (name: string): readonly string[] => {
    const type = schema.getType(name);
    if (!isObjectType(type) && !isInterfaceType(type)) throw new Error('no such type');
    return Object.keys((type as GraphQLObjectType).getFields());
  };

  it.each(Object.entries(OWN))('%s has exactly the fields of its own that its mapping fills', (name, own) => {
    const unified = new Set(fieldsOf(name));
    expect(
      fieldsOf(`Athena${name}`)
        .filter((field) => !unified.has(field))
        .sort(),
    ).toEqual([...own].sort());
  });

  it.each(Object.keys(OWN))('%s is an entity', (name) => {
    expect(sdl).toMatch(new RegExp(`type Athena${name} implements [^{]*@key\\(fields: "id"\\)`));
  });
});
