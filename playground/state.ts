import { computed, signal } from '@preact/signals';
import { execute, KeyNeeded, loadFacts, loadHealth } from './api.ts';
import { examples } from './examples.ts';
import { createTranscript } from './transcript.ts';
import { FormError, toRequest, type Form } from './request.ts';
import type { Answer, Facts, HealthFacts } from './types.ts';

const KEY_NAME = 'brig-key';

/** State of the page. Components read these signals; the functions below are the only ones that change them. */
export const form = signal<Form>((examples[0] as (typeof examples)[number]).form);
export const facts = signal<Facts | undefined>(undefined);
export const health = signal<HealthFacts | undefined>(undefined);
/** Notice to the person that no answer gives: a form that cannot be sent, a service that is away. */
export const problem = signal('');
export const answer = signal<Answer | undefined>(undefined);
export const running = signal<AbortController | undefined>(undefined);
export const isRunning = computed(() => running.value !== undefined);
export const wantsKey = signal(false);
export const transcript = createTranscript();

/** The key lives in this tab alone, until it is closed. */
export const key = signal(sessionStorage.getItem(KEY_NAME) ?? '');

export function setKey(value: string): void {
  key.value = value.trim();
  if (key.value === '') sessionStorage.removeItem(KEY_NAME);
  else sessionStorage.setItem(KEY_NAME, key.value);
  wantsKey.value = false;
  problem.value = '';
  void loadService();
}

export function change(fields: Partial<Form>): void {
  form.value = { ...form.value, ...fields };
}

/** Shows another script; what the last one left is removed. */
export function open(next: Form): void {
  form.value = next;
  answer.value = undefined;
  problem.value = '';
  transcript.clear();
}

/** Asks the service what it has and whether it holds. */
export async function loadService(): Promise<void> {
  try {
    health.value = await loadHealth();
    facts.value = await loadFacts(key.value);
  } catch (error) {
    if (error instanceof KeyNeeded) wantsKey.value = true;
    else problem.value = 'The service cannot be reached.';
  }
}

/** Runs the form's script; a second call while one runs does nothing. */
export async function run(): Promise<void> {
  if (running.value !== undefined) return;
  problem.value = '';
  const controller = new AbortController();
  try {
    const body = toRequest(form.value);
    running.value = controller;
    answer.value = undefined;
    transcript.clear();
    for await (const event of execute(body, key.value, controller.signal)) {
      if (event.kind === 'end') answer.value = event.answer;
      else if (event.kind !== 'start') transcript.add(event.kind, event.text);
    }
  } catch (error) {
    complain(error, controller.signal);
  } finally {
    running.value = undefined;
  }
}

function complain(error: unknown, { aborted }: AbortSignal): void {
  if (aborted) problem.value = 'Stopped.';
  else if (error instanceof KeyNeeded) wantsKey.value = true;
  else if (error instanceof FormError) problem.value = error.message;
  else problem.value = 'The connection to the service broke.';
}

/** Ends the execution, here and in the service. */
export const stop = (): void => running.value?.abort();
