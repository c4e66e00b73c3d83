import { describe, expect, it } from 'vitest';
import { PatientPayload } from '../payload/patient.ts';
import { matches } from './matching.ts';
import { toPatient } from './patient.ts';

const patient = toPatient(
  PatientPayload.parse({
    patientid: '5001',
    firstname: 'José',
    middlename: 'Quentin',
    lastname: 'Van Larkspur',
    preferredname: 'Pepe',
    dob: '04/17/1984',
    mobilephone: '5555550102',
    workphone: '5555550103',
    email: 'Jose@example.com',
  }),
  '999901',
);

describe('a patient', () => {
  it.each([
    { query: { lastName: 'van lark' }, yes: true },
    { query: { lastName: 'larkspur' }, yes: false },
    { query: { firstName: 'jose' }, yes: true },
    { query: { firstName: 'Quentin' }, yes: false },
    { query: { name: 'larks' }, yes: true },
    { query: { name: 'quent' }, yes: true },
    { query: { name: 'pepe larkspur' }, yes: true },
    { query: { name: 'larkspur smith' }, yes: false },
    { query: { name: 'Van Larkspur, José' }, yes: true },
    { query: { name: 'Van Lark, Jos Q' }, yes: true },
    { query: { name: 'Larkspur, José' }, yes: false },
    { query: { name: ', jo' }, yes: true },
    { query: { dateOfBirth: '1984-04-17' }, yes: true },
    { query: { dateOfBirth: '1984-04-18' }, yes: false },
    { query: { phone: '+15555550102' }, yes: true },
    { query: { phone: '+15555550103' }, yes: true },
    { query: { phone: '+15555550104' }, yes: false },
    { query: { email: 'jose@EXAMPLE.com' }, yes: true },
    { query: { email: 'other@example.com' }, yes: false },
    { query: { identifier: '5001' }, yes: true },
    { query: { identifier: '500' }, yes: false },
    { query: { lastName: 'Van', dateOfBirth: '1984-04-18' }, yes: false },
  ])('meets $query: $yes', ({ query, yes }) => {
    expect(matches(query, patient)).toBe(yes);
  });
});
