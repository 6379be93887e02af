import { JailFailure } from '../../sandbox.ts';

/** What is said of a jail whose harness is not the one that this service goes with. */
export const otherProtocol = (detail: string): JailFailure =>
  new JailFailure('The program in a jail speaks another protocol than the service.', {
    remedy:
      'Have root images made anew: remove `images` in BRIG_STATE_DIR, or build the image of the container again.',
    detail,
  });
