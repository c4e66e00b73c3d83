import type { Writers } from '../../vendor/writes/writer.ts';
import { offers } from '../capabilities.ts';
import type { Service } from '../service.ts';
import { appointmentBooker, appointmentMover, appointmentStander } from './appointments.ts';
import { claimSubmitter } from './claims.ts';
import { documentSaver } from './documents.ts';
import { observationRecorder } from './observations.ts';
import { patientCreator, patientUpdater } from './patients.ts';

/** The commands that a server of this source's profile carries out. */
export const writersOf = (service: Service): Writers => {
  const { profile } = service;
  return {
    ...(offers(profile, 'Patient', 'CREATE') ? { createPatient: patientCreator(service) } : {}),
    ...(offers(profile, 'Patient', 'UPDATE') ? { updatePatient: patientUpdater(service) } : {}),
    ...(offers(profile, 'Appointment', 'CREATE') ? { bookAppointment: appointmentBooker(service) } : {}),
    ...(offers(profile, 'Appointment', 'RESCHEDULE') ? { rescheduleAppointment: appointmentMover(service) } : {}),
    ...(offers(profile, 'Appointment', 'CANCEL')
      ? { cancelAppointment: appointmentStander(service, 'cancelled') }
      : {}),
    ...(offers(profile, 'Appointment', 'CHECK_IN')
      ? { checkInAppointment: appointmentStander(service, 'checked-in') }
      : {}),
    ...(offers(profile, 'Appointment', 'NO_SHOW') ? { markNoShow: appointmentStander(service, 'noshow') } : {}),
    ...(offers(profile, 'Observation', 'CREATE') ? { recordObservation: observationRecorder(service) } : {}),
    ...(offers(profile, 'Claim', 'CREATE') ? { submitClaim: claimSubmitter(service) } : {}),
    ...(offers(profile, 'Document', 'CREATE') ? { saveDocument: documentSaver(service) } : {}),
  };
};
