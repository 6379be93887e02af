import type { RequestedLimits } from '../../core/contract/limits.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import type { Survey } from '../../core/contract/survey.ts';
import { countUtf8 } from '../../core/text/words.ts';
import type { Executor } from '../../executor/executor.ts';
import { askForScript, type WrittenScript } from '../../generate/ask-for-script.ts';
import type { AskOptions, Model } from '../../generate/model.ts';
import type { ModelSettings } from '../dialect-options.ts';
import { askForCode, askForValidation } from './prompts.ts';

/** Code from the model, and whether it may run. */
export interface JudgedCode {
  /** Undefined when the model wrote none. */
  readonly code: string | undefined;
  readonly isSafe: boolean;
  readonly explanation: string;
}

export interface ModelParts {
  readonly model: Model;
  readonly executor: Pick<Executor, 'survey'>;
  readonly scriptBytes: number;
  readonly settings: ModelSettings;
}

type RequestOptions = Omit<AskOptions, 'temperature'>;

/** Explanations of code that was in no JSON. */
const writtenLoosely = {
  code_block: 'Response was not properly formatted as JSON, but code was extracted',
  raw_text: 'Treating entire response as code (no JSON structure found)',
} as const;
const validatedLoosely = {
  ...writtenLoosely,
  code_block: 'Validation response was not properly formatted as JSON, but code was extracted',
} as const;

/** Asks the model for code, in one call. @throws Refusal as the model does. */
export async function writeCode(
  parts: ModelParts,
  query: string,
  limits: RequestedLimits,
  options: RequestOptions,
): Promise<JudgedCode> {
  refuseLong('query', query, parts.settings);
  const written = await askForScript(parts.model, {
    ...options,
    messages: askForCode(query, limits),
    temperature: parts.settings.temperature,
    codeKeys: ['generated_code'],
    scriptBytes: parts.scriptBytes,
    takesText: true,
  });
  return judge(parts, written, writtenLoosely, options);
}

/** Asks the model to review code and suggest better code, in one call. @throws Refusal as the model does. */
export async function validateCode(
  parts: ModelParts,
  code: string,
  options: RequestOptions,
): Promise<JudgedCode> {
  refuseLong('code', code, parts.settings);
  const written = await askForScript(parts.model, {
    ...options,
    messages: askForValidation(code),
    temperature: parts.settings.reviewTemperature,
    codeKeys: ['validated_code'],
    scriptBytes: parts.scriptBytes,
    takesText: false,
    given: code,
  });
  return judge(parts, written, validatedLoosely, options);
}

function refuseLong(what: 'query' | 'code', text: string, { inputBytes }: ModelSettings): void {
  // Bytes are never fewer than UTF-16 units, so a long text need not be counted.
  if (text.length <= inputBytes && countUtf8(text) <= inputBytes) return;
  throw new Refusal(
    'payload_too_large',
    `The ${what} is too long: at most ${inputBytes} bytes are sent to the model.`,
  );
}

async function judge(
  { executor }: ModelParts,
  { recovery, code, isSafe, explanation }: WrittenScript,
  loosely: typeof writtenLoosely | typeof validatedLoosely,
  options: RequestOptions,
): Promise<JudgedCode> {
  if (recovery !== 'code_block' && recovery !== 'raw_text') {
    return { code, isSafe, explanation: explanation === '' ? 'No explanation provided' : explanation };
  }
  // The reply has no verdict on safety: that service then checks the imports.
  const survey = code === undefined ? undefined : await executor.survey(code, concerning, options);
  return { code, isSafe: isHarmless(survey), explanation: loosely[recovery] };
}

/** Modules that code without a verdict may not import. */
const concerning = { modules: ['os', 'subprocess', 'socket'], functions: [] } as const;

const isHarmless = (survey: Survey | undefined): boolean =>
  survey !== undefined && survey.isReadable && survey.uses.length === 0;
