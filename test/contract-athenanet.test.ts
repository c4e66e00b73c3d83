import { vendorContract } from './contract.ts';

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
