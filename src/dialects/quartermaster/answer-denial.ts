import type { DenialResponder } from '../../http/deny.ts';
import { respondForeignRefusal } from '../common/respond.ts';

/** Who is not let in hears of it as there: without a key 401, with a wrong one 403. */
export const answerQuartermasterDenial: DenialResponder = (c, { reason, refusal }) => {
  if (reason === 'no_key') return respondForeignRefusal(c, refusal, { detail: 'Not authenticated' });
  if (reason === 'wrong_key' || reason === 'expired')
    return respondForeignRefusal(c, refusal, { status: 403, detail: 'Invalid API Key' });
  return respondForeignRefusal(c, refusal);
};
