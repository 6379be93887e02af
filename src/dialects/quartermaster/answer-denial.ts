import type { DenialResponder } from '../../http/deny.ts';
import { respondForeignRefusal } from '../common/respond.ts';

/** Answers a denial like that system: 401 without a key, 403 with a wrong one. */
export const answerQuartermasterDenial: DenialResponder = (c, { reason, refusal }) => {
  if (reason === 'no_key') return respondForeignRefusal(c, refusal, { detail: 'Not authenticated' });
  if (reason === 'wrong_key' || reason === 'expired')
    return respondForeignRefusal(c, refusal, { status: 403, detail: 'Invalid API Key' });
  return respondForeignRefusal(c, refusal);
};
