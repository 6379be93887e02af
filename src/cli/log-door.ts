import type { Logger } from 'pino';
import type { DoorParts } from '../doors.ts';

/** Logs the denials, incidents and errors of a door. */
export const logDoor = (
  logger: Logger,
): Required<Pick<DoorParts, 'onDenial' | 'onIncident' | 'onError'>> => ({
  onDenial: (event) => logger.warn(event, 'not let in'),
  onIncident: ({ id, error, request }) =>
    logger.error({ incident: id, err: error, ...request }, 'internal error'),
  onError: (error) => logger.error({ err: error }, 'connection failed'),
});
