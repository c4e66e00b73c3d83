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
