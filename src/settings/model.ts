import { z } from 'zod';
import { cutSlashes } from '../core/text/cut-slashes.ts';
import { bytes, count, seconds, setting } from './setting.ts';

/** The model that writes and reviews scripts: its address and its cost. */
export const modelSettings = {
  llmApiKey: setting(
    'BRIG_LLM_API_KEY',
    z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]+$/, 'a key is printable ASCII without spaces'),
    undefined,
    'key',
    'Key for the chat API of a model that writes and reviews scripts; without it neither is offered. A server that wants none takes any word.',
    ['TOGETHER_API_KEY'],
  ),
  llmBaseUrl: setting(
    'BRIG_LLM_BASE_URL',
    z
      .string()
      .trim()
      .refine(isPlainUrl, 'must be an http or https URL without user, query and fragment')
      .transform(cutSlashes),
    'https://api.together.xyz/v1',
    'URL',
    'Where an OpenAI-compatible API is: `/chat/completions` is added to it.',
  ),
  llmModel: setting(
    'BRIG_LLM_MODEL',
    z.string().trim().min(1).max(200),
    'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
    'model',
    'The model that is asked.',
  ),
  llmTemperature: setting(
    'BRIG_LLM_TEMPERATURE',
    z.coerce.number().min(0).max(2),
    '0.3',
    'temperature',
    'How freely it writes.',
  ),
  llmReviewTemperature: setting(
    'BRIG_LLM_REVIEW_TEMPERATURE',
    z.coerce.number().min(0).max(2),
    '0.2',
    'temperature',
    'How freely it reviews.',
  ),
  llmReplyFormat: setting(
    'BRIG_LLM_REPLY_FORMAT',
    z.enum(['json_object', 'text']),
    'json_object',
    'format',
    '`json_object` asks the API for JSON, `text` only the model: for an API that does not know `response_format`.',
  ),
  llmTimeout: setting(
    'BRIG_LLM_TIMEOUT',
    seconds.max(3600),
    '30',
    'seconds',
    'Longest time for a reply, retries included; beyond it `bad_gateway`.',
    ['API_TIMEOUT'],
  ),
  llmRetries: setting(
    'BRIG_LLM_RETRIES',
    z.coerce.number().int().min(0).max(10),
    '2',
    'retries',
    'How often a call is repeated that failed for a reason that may pass: no connection, 408, 409, 429, 5xx.',
  ),
  llmDailyCalls: setting(
    'BRIG_LLM_DAILY_CALLS',
    z.coerce.number().int().min(0),
    '1000',
    'calls',
    'Most calls of the API from one midnight UTC to the next, retries included; beyond it `overloaded`. 0 is no bound.',
  ),
  llmKeyShare: setting(
    'BRIG_LLM_KEY_SHARE',
    z.coerce.number().min(0).max(1),
    '0.5',
    'part',
    'The part of the calls of a day that one API key may use at most, of 1; beyond it `overloaded` for that key.',
  ),
  llmMaxConcurrent: setting(
    'BRIG_LLM_MAX_CONCURRENT',
    count,
    '8',
    'calls',
    'Calls of the API at once; more wait, within the time limit.',
  ),
  llmMaxInputBytes: setting(
    'BRIG_LLM_MAX_INPUT_BYTES',
    bytes,
    '65536',
    'bytes',
    'Longest query, or script to review, that is sent to the model; beyond it `payload_too_large`.',
  ),
  llmMaxReplyBytes: setting(
    'BRIG_LLM_MAX_REPLY_BYTES',
    bytes.max(16 * 1024 * 1024),
    '262144',
    'bytes',
    'Largest answer of the API; what is larger is cut off, and is `bad_gateway`.',
  ),
  llmMaxRepairs: setting(
    'BRIG_LLM_MAX_REPAIRS',
    z.coerce.number().int().min(0).max(20),
    '3',
    'calls',
    'Highest `repair` that a request may ask for.',
  ),
} as const;

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
