import { vendorContract } from './contract.ts';

vendorContract({
  name: 'FHIR R4',
  source: 'mercy',
  simulator: 'fhir',
  patientRead: 'GET Patient',
  patientSearch: 'GET Patient',
});
