import type { Writers } from '../../vendor/writes/writer.ts';
import { isGuide, type Unity } from '../records/unity.ts';
import { bookingWriters } from './bookings.ts';
import { documentWriters } from './documents.ts';
import { guideWriters } from './guide.ts';
import { observationWriters } from './observations.ts';
import { patientWriters } from './patients.ts';
import { standingWriters } from './standings.ts';

/** What can be written at a source, by its dialect. Claims cannot: no action of Unity's submits one. */
export const unityWriters = (unity: Unity): Writers =>
  isGuide(unity)
    ? guideWriters(unity)
    : {
        ...patientWriters(unity),
        ...bookingWriters(unity),
        ...standingWriters(unity),
        ...observationWriters(unity),
        ...documentWriters(unity),
      };
