import { styleText } from 'node:util';
import { buildSteps, type BuildStep } from '../core/contract/environment.ts';
import type { Service } from '../service.ts';

type Build = ReturnType<Service['environments']['build']>;

/** Output of a build's progress: one line that changes on a terminal, a line for each step elsewhere. */
export interface BuildScreen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const WIDTH = 24;
const TICK_MS = 500;

/** Shows how far a build is until it ends. */
export async function showBuild(
  build: Pick<Build, 'done' | 'subscribe'>,
  screen: BuildScreen,
): Promise<void> {
  const startedAt = performance.now();
  let step: BuildStep | undefined;
  let last = '';
  const draw = (): void => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    screen.write(`\r\u001b[2K${drawProgress({ step, seconds, last }, screen.columns ?? 80)}`);
  };
  const timer = screen.isTTY === true ? setInterval(draw, TICK_MS).unref() : undefined;
  const unsubscribe = build.subscribe((event) => {
    if (event.type === 'step') ({ step } = event);
    if (event.type === 'progress') last = event.line;
    if (timer !== undefined) draw();
    else if (event.type === 'progress') screen.write(`  ${event.line}\n`);
  });
  try {
    await build.done;
  } finally {
    clearInterval(timer);
    unsubscribe();
    if (timer !== undefined) screen.write('\r\u001b[2K');
  }
}

export interface Progress {
  readonly step: BuildStep | undefined;
  readonly seconds: number;
  /** Last words of the installer. */
  readonly last: string;
}

/** Draws a line that fits into a terminal: a bar of the steps, the seconds, and the last words of the installer. */
export function drawProgress({ step, seconds, last }: Progress, columns: number): string {
  const done = step === undefined ? 0 : buildSteps.indexOf(step) + 1;
  const filled = Math.round((WIDTH * done) / (buildSteps.length + 1));
  const words = `  ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}  ${step ?? 'waiting'}, ${seconds} s`;
  const room = columns - words.length - 3;
  const rest = last === '' || room < 8 ? '' : `  ${last.slice(0, room)}`;
  return `${words}${styleText('dim', rest, { validateStream: false })}`;
}
