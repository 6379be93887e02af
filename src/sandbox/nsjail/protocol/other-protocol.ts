import { JailFailure } from '../../sandbox.ts';

/** Creates the failure of a jail whose harness does not belong to this version of the service. */
export const otherProtocol = (detail: string): JailFailure =>
  new JailFailure('The program in a jail speaks another protocol than the service.', {
    remedy:
      'Have root images made anew: remove `images` in BRIG_STATE_DIR, or build the image of the container again.',
    detail,
  });
