import { addMinutes, instantToLocal, toUsDate } from '../../vendor/time.ts';
import { ATHENANET_ZONE } from '../mapping/times.ts';

/** Between the vendor's stamp of a change and its clock when the change is taken (fact sheet, 6.1: re-read 5 minutes). */
const MARGIN_MINUTES = 5;
const DAY_MINUTES = 1440;

/** The clock of the vendor's stamps at an instant. */
const stampOf = (instant: string): string => {
  const { date, time } = instantToLocal(instant, ATHENANET_ZONE);
  return `${toUsDate(date)} ${time}`;
};

/** The least that those clocks show at an instant or later: in autumn, one hour is shown twice. */
const leastStampFrom = (instant: string): string => {
  const stamp = stampOf(instant);
  return stamp === stampOf(addMinutes(instant, 60)) ? stamp.replace(/:\d\d:\d\d$/, ':00:00') : stamp;
};

/**
 * The times within which what was handed out is shown again. Without the vendor's stamp it is all that the vendor keeps,
 * a day, and a day more, so that no difference of clocks matters that there can be.
 */
export const handedOutSince = (since: string | undefined, now: string): Readonly<Record<string, string>> => {
  const from = since === undefined ? addMinutes(now, -2 * DAY_MINUTES) : addMinutes(since, -MARGIN_MINUTES);
  const latest = since !== undefined && Date.parse(since) > Date.parse(now) ? since : now;
  return {
    showprocessedstartdatetime: leastStampFrom(from),
    showprocessedenddatetime: stampOf(addMinutes(latest, DAY_MINUTES)),
  };
};
