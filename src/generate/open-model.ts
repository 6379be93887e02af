import { createCallBudget, type CallBudget } from './budget.ts';
import { noModel } from './model-failures.ts';
import type { RedisLink } from '../redis/open-redis.ts';
import type { ModelCall } from '../executor/events.ts';
import type { Model, ModelFailure } from './model.ts';
import { createSharedBudget } from './shared-budget.ts';
import { createOpenAiModel } from './openai-model.ts';

/** Settings of a model, by their names in the configuration. */
export interface ModelSettings {
  readonly llmApiKey: string | undefined;
  readonly llmBaseUrl: string;
  readonly llmModel: string;
  readonly llmReplyFormat: 'json_object' | 'text';
  readonly llmTimeout: number;
  readonly llmRetries: number;
  readonly llmDailyCalls: number;
  readonly llmKeyShare: number;
  readonly llmMaxConcurrent: number;
  readonly llmMaxReplyBytes: number;
}

/** Opens the configured model; without a key, one that refuses. */
export function openModel(
  settings: ModelSettings,
  onFailure: (failure: ModelFailure) => void,
  onCall: (call: ModelCall) => void = () => {},
  shared?: RedisLink,
): Model {
  const { llmApiKey: apiKey } = settings;
  if (apiKey === undefined) {
    return {
      isPresent: false,
      report: onFailure,
      ask: async () => {
        throw noModel();
      },
      close: () => {},
    };
  }
  return createOpenAiModel({
    apiKey,
    baseUrl: settings.llmBaseUrl,
    model: settings.llmModel,
    replyFormat: settings.llmReplyFormat,
    timeout: settings.llmTimeout,
    retries: settings.llmRetries,
    maxConcurrent: settings.llmMaxConcurrent,
    maxReplyBytes: settings.llmMaxReplyBytes,
    budget: openBudget(settings, shared),
    onFailure,
    onCall,
  });
}

/** The services that share a Redis share the calls of a day. */
const openBudget = (
  { llmDailyCalls, llmKeyShare }: ModelSettings,
  shared: RedisLink | undefined,
): CallBudget =>
  shared === undefined
    ? createCallBudget(llmDailyCalls, llmKeyShare)
    : createSharedBudget(shared, llmDailyCalls, llmKeyShare);
