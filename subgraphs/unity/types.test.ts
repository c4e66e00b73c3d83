import { type GraphQLObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Cursors } from '../../schema/cursor.ts';
import { vendorSubgraph } from '../vendor/subgraph.ts';
import { row } from './fixture/vendor.ts';
import { unity } from './index.ts';
import { toAppointment } from './mapping/appointment.ts';
import { toClaim } from './mapping/claim.ts';
import { toNamedLocation } from './mapping/location.ts';
import { toPatient } from './mapping/patient.ts';
import { toPractitioner } from './mapping/practitioner.ts';
import { toResult } from './mapping/result.ts';
import { toSlot } from './mapping/slot.ts';
import { toVitals } from './mapping/vital.ts';

const ZONE = 'America/Chicago';
const appointment = toAppointment(row({ AppointmentID: '1' }), { zone: ZONE, datedKeys: false });
const result = toResult(row({ ID: '1' }), { patient: '1', zone: ZONE, labCodes: {} });
const [vital] = toVitals([row({ description: 'pulse' })], { patient: '1', zone: ZONE });
const day = { resource: 'A', date: '2025-03-12', location: '1', free: [] };

/** What each mapping fills beyond the unified fields. */
const OWN: Readonly<Record<string, object | undefined>> = {
  Patient: toPatient(row({}), '1').own,
  Appointment: appointment?.own,
  Observation: { ...result?.own, ...vital?.own },
  Claim: toClaim({ id: '1', patient: '1' }, [row({ ChargeID: '1' })], undefined, ZONE)?.own,
  Practitioner: toPractitioner(row({}), '1').own,
  Location: toNamedLocation('A', ZONE).own,
  Slot: toSlot(day, { from: 0, to: 1 }, ZONE, undefined, undefined).own,
  Source: {},
};

describe('the types of Unity', async () => {
  const { schema, sdl } = await vendorSubgraph(unity, [], { now: Date.now, cursors: new Cursors('test') });
  const fieldsOf = (name: string): readonly string[] => {
    const type = schema.getType(name);
    if (!isObjectType(type) && !isInterfaceType(type)) throw new Error('no such type');
    return Object.keys((type as GraphQLObjectType).getFields());
  };

  it.each(Object.entries(OWN))('%s has exactly the fields of its own that its mapping fills', (name, own) => {
    const unified = new Set(fieldsOf(name));
    const added = fieldsOf(`Unity${name}`).filter((field) => !unified.has(field));
    expect(added.sort()).toEqual(Object.keys(own ?? { missing: true }).sort());
  });

  it.each(Object.keys(OWN))('%s is an entity', (name) => {
    expect(sdl).toMatch(new RegExp(`type Unity${name} implements [^{]*@key\\(fields: "id"\\)`));
  });
});
