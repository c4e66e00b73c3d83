import { vendorContract } from './contract.ts';

vendorContract({
  name: 'Unity, magic-soap',
  source: 'lakeside',
  simulator: 'unity',
  patientRead: 'Magic GetPatient',
  patientSearch: 'Magic SearchPatients',
});
vendorContract({
  name: 'Unity, run-request',
  source: 'lakeside',
  simulator: 'unity',
  patientRead: 'RunRequest GetPatient',
  patientSearch: 'RunRequest SearchPatients',
  settings: { dialect: 'run-request' },
  without: ['appointments without dates', 'directories', 'slots', 'claims'],
});
vendorContract({
  name: 'athenaNet, platform',
  source: 'springfield',
  simulator: 'athenanet',
  patientRead: 'GET /patients/{id}',
  patientSearch: 'GET /patients',
});
vendorContract({
  name: 'athenaNet, guide',
  source: 'springfield',
  simulator: 'athenanet',
  patientRead: 'GET /patients/{id}',
  patientSearch: 'GET /patients/search',
  settings: { dialect: 'guide' },
});
vendorContract({
  name: 'FHIR R4',
  source: 'mercy',
  simulator: 'fhir',
  patientRead: 'GET Patient',
  patientSearch: 'GET Patient',
});
