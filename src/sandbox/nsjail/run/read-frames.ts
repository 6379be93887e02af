import { setImmediate as pause } from 'node:timers/promises';
import { parseErrorReport, type HarnessReport } from '../../../core/harness-report.ts';
import { checkJsonText, nullResult } from '../../../core/outcome.ts';
import { createFrameReader, type HarnessFrame, type ReturnCaps } from '../protocol.ts';
import { malformed } from './advance.ts';
import type { ReportFrame, RunEvent } from './state.ts';

export interface FrameSource {
  readonly caps: ReturnCaps;
  /** Most bytes of a product, asked for when its header has come; undefined where none is expected. */
  readonly productBytes: () => number | undefined;
}

/** Reads what a jail sends on the channel of its report, and tells of each frame as an event. Feed it with the function it gives. */
export function readFrames(
  { caps, productBytes }: FrameSource,
  dispatch: (event: RunEvent) => void,
): (chunk: Buffer) => void {
  const reader = createFrameReader(caps.resultBytes, {
    onFrame: (frame) => dispatch(toEvent(frame)),
    productBytes,
    onBreach: (detail) => dispatch({ type: 'stop', stop: { reason: 'protocol', detail } }),
    onOversizedResult: () => dispatch({ type: 'stop', stop: { reason: 'result_too_large' } }),
  });
  return reader.push;
}

function toEvent({ tag, payload }: HarnessFrame): RunEvent {
  switch (tag) {
    case 'ready':
    case 'figures':
      return { type: tag };
    case 'file':
    case 'figure':
    case 'data':
    case 'files_end':
      return { type: 'file', tag, payload };
    case 'product':
      return toReport({ kind: 'product', bytes: payload });
    case 'result':
      return toReport({ kind: 'unchecked', text: payload.toString('utf8') });
    case 'error': {
      const report = parseErrorReport(payload.toString('utf8'));
      return report === undefined ? { type: 'stop', stop: malformed(tag) } : toReport(report);
    }
  }
}

const toReport = (frame: ReportFrame): RunEvent => ({ type: 'report', frame, at: performance.now() });

/** Takes a report for what it says it is, without holding up the event loop; undefined where it is not. */
export async function checkReport(frame: ReportFrame): Promise<HarnessReport | undefined> {
  // A program is no result: its maker returned nothing.
  if (frame.kind === 'product') return { kind: 'result', json: nullResult };
  if (frame.kind !== 'unchecked') return frame;
  const steps = checkJsonText(frame.text);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await pause();
  return step.value === undefined ? undefined : { kind: 'result', json: step.value };
}
