import { setImmediate as pause } from 'node:timers/promises';
import { parseErrorReport, type HarnessReport } from '../../../core/contract/harness-report.ts';
import { readDisplay } from '../../../core/contract/sessions/display.ts';
import { checkJsonText, nullResult } from '../../../core/contract/outcome.ts';
import type { ReturnCaps } from '../protocol/encode-job.ts';
import { createFrameReader, type HarnessFrame } from '../protocol/frame-reader.ts';
import { PROTOCOL_VERSION, SECRET_BYTES } from '../protocol/messages.ts';
import { otherProtocol } from '../protocol/other-protocol.ts';
import { malformed } from './advance.ts';
import type { ReportFrame, RunEvent } from './state.ts';

export interface FrameSource {
  readonly caps: ReturnCaps;
  /** Returns the secret with which a refusal must begin. */
  readonly secret: () => Buffer;
  /** Returns the secret with which a job of a session is taken. */
  readonly token: () => Buffer;
  /** Returns the most bytes of a product, when its header has arrived; undefined when none is expected. */
  readonly productBytes: () => number | undefined;
}

/** Returns a function that takes the bytes of a jail's report channel, and dispatches each frame as an event. */
export function readFrames(
  { caps, secret, token, productBytes }: FrameSource,
  dispatch: (event: RunEvent) => void,
): (chunk: Buffer) => void {
  const reader = createFrameReader(caps.resultBytes, {
    onFrame: (frame) => dispatch(toEvent(frame, { secret: secret(), token: token() })),
    productBytes,
    onBreach: (detail) => dispatch({ type: 'stop', stop: { reason: 'protocol', detail } }),
    onOversizedResult: () => dispatch({ type: 'stop', stop: { reason: 'result_too_large' } }),
  });
  return reader.push;
}

function toEvent(
  { name, payload }: HarnessFrame,
  { secret, token }: { readonly secret: Buffer; readonly token: Buffer },
): RunEvent {
  switch (name) {
    case 'ready':
      return greet(payload.toString('latin1'));
    case 'refusal':
      return refuse(payload, secret);
    case 'taken':
      return payload.equals(token)
        ? { type: 'taken' }
        : { type: 'stop', stop: { reason: 'protocol', detail: 'a job taken without its secret' } };
    case 'figures':
    case 'begun':
      return { type: name };
    case 'display': {
      const display = readDisplay(payload);
      return display === undefined
        ? { type: 'stop', stop: malformed(name) }
        : { type: name, display, bytes: payload.length };
    }
    case 'file':
    case 'figure':
    case 'data':
    case 'files_end':
      return { type: 'file', tag: name, payload };
    case 'product':
      return toReport({ kind: 'product', bytes: payload });
    case 'result':
      return toReport({ kind: 'unchecked', text: payload.toString('utf8') });
    case 'error': {
      const report = parseErrorReport(payload.toString('utf8'));
      return report === undefined ? { type: 'stop', stop: malformed(name) } : toReport(report);
    }
  }
}

function greet(text: string): RunEvent {
  const version = Number(text.split(' ')[0]);
  if (version === PROTOCOL_VERSION) return { type: 'ready' };
  const detail = `the harness has version ${version} of it, the service ${PROTOCOL_VERSION}`;
  return { type: 'foreign', error: otherProtocol(detail) };
}

/** Handles a refusal. Only one with the secret is the harness's: the secret is gone before a script runs. */
function refuse(payload: Buffer, secret: Buffer): RunEvent {
  return payload.subarray(0, SECRET_BYTES).equals(secret)
    ? { type: 'failure', error: otherProtocol(payload.toString('utf8', SECRET_BYTES)) }
    : { type: 'stop', stop: { reason: 'protocol', detail: 'a refusal without the secret' } };
}

const toReport = (frame: ReportFrame): RunEvent => ({ type: 'report', frame, at: performance.now() });

/** Parses a report without holding up the event loop; returns undefined when its content does not match its kind. */
export async function checkReport(frame: ReportFrame): Promise<HarnessReport | undefined> {
  // A product counts as a result of `null`: its compiler returned nothing.
  if (frame.kind === 'product') return { kind: 'result', json: nullResult };
  if (frame.kind !== 'unchecked') return frame;
  const steps = checkJsonText(frame.text);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await pause();
  return step.value === undefined ? undefined : { kind: 'result', json: step.value };
}
