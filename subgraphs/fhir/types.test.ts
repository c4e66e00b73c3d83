import { type GraphQLObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Cursors } from '../../schema/cursor.ts';
import { vendorSubgraph } from '../vendor/subgraph.ts';
import { context, fromWire } from './fixtures/records.ts';
import { fhir } from './index.ts';
import { toAppointment } from './mapping/appointment.ts';
import { toClaim } from './mapping/claim.ts';
import { toLocation, toPractitioner, toSlot } from './mapping/directory.ts';
import { toObservation } from './mapping/observation.ts';
import { toPatient } from './mapping/patient.ts';

const times = { start: '2026-12-01T15:00:00Z', end: '2026-12-01T15:30:00Z' };

/** What each mapping fills beyond the unified fields. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  Patient: Object.keys(toPatient(fromWire('Patient', {}), context).own ?? {}),
  Appointment: Object.keys(toAppointment(fromWire('Appointment', {}), context).own ?? {}),
  Observation: Object.keys(toObservation(fromWire('Observation', {}), context).own ?? {}),
  Claim: Object.keys(toClaim(fromWire('Claim', {}), [], context).own ?? {}),
  Practitioner: Object.keys(toPractitioner(fromWire('Practitioner', {}), context).own ?? {}),
  Location: Object.keys(toLocation(fromWire('Location', {}), context).own ?? {}),
  Slot: Object.keys(toSlot(fromWire('Slot', times), undefined, context)?.own ?? {}),
  Source: [],
};

describe('the types of FHIR', async () => {
  const { schema, sdl } = await vendorSubgraph(fhir, [], { now: Date.now, cursors: new Cursors('test') });
  const fieldsOf = (name: string): readonly string[] => {
    const type = schema.getType(name);
    if (!isObjectType(type) && !isInterfaceType(type)) throw new Error('no such type');
    return Object.keys((type as GraphQLObjectType).getFields());
  };

  it.each(Object.entries(OWN))('gives %s exactly the fields of its own that its mapping fills', (name, own) => {
    const unified = new Set(fieldsOf(name));
    const more = fieldsOf(`Fhir${name}`).filter((field) => !unified.has(field));
    expect([...more].sort()).toEqual([...own].sort());
  });

  it.each(Object.keys(OWN))('makes %s an entity', (name) => {
    expect(sdl).toMatch(new RegExp(`type Fhir${name} implements [^{]*@key\\(fields: "id"\\)`));
  });
});
