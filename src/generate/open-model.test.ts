import { expect, it } from 'vitest';
import { Refusal } from '../core/contract/refusal.ts';
import { openModel } from './open-model.ts';
import { createReviewer } from './review.ts';

it('names the setting that is missing where there is no key', async () => {
  const model = openModel(
    {
      ...{ llmApiKey: undefined, llmBaseUrl: 'http://127.0.0.1:9', llmModel: 'm', llmReplyFormat: 'text' },
      ...{
        llmTimeout: 1,
        llmRetries: 0,
        llmDailyCalls: 1,
        llmKeyShare: 1,
        llmMaxConcurrent: 1,
        llmMaxReplyBytes: 1024,
      },
    },
    () => {
      throw new Error('nothing is called');
    },
  );
  const review = createReviewer(model, { temperature: 0, inputBytes: 1024 });
  const asked: unknown = await review({ script: 'x = 1', runtime: 'python' }, {}).catch(
    (error: unknown) => error,
  );
  expect(asked).toBeInstanceOf(Refusal);
  expect(asked).toMatchObject({ category: 'forbidden', retryable: false });
  expect((asked as Refusal).suggestions.join(' ')).toContain('BRIG_LLM_API_KEY');
});
