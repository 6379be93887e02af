import { setImmediate as pause } from 'node:timers/promises';
import type { Stop } from '../../core/evidence.ts';
import { parseErrorReport, type HarnessReport } from '../../core/harness-report.ts';
import { checkJsonText, nullResult } from '../../core/outcome.ts';
import type { FileCollector } from './file-collector.ts';
import { paceReading } from './pace-reading.ts';
import { createFrameReader, type HarnessFrame, type ReturnCaps } from './protocol.ts';
import type { JailProcess } from './starter.ts';

/** A result's text is looked at after its execution: ten megabytes take a while, and the event loop has others to serve. */
export type ReportFrame =
  | { kind: 'unchecked'; text: string }
  | { kind: 'product'; bytes: Uint8Array }
  | Exclude<HarnessReport, { kind: 'result' }>;

/** What the harness has said so far; at most one report counts. */
export interface ReportWatch {
  /** Most bytes of the file that the job's program makes; undefined where it makes none. */
  productBytes: number | undefined;
  /** Whether figures may come, and whether the harness has said that they follow its report. */
  figures: 'refused' | 'none' | 'announced';
  onReady: () => void;
  /** A report, or a stop for what came in place of one. */
  onReport: (report: ReportFrame) => void;
  onStop: (stop: Stop) => void;
  /** Where the files of the working directory go, once there is a report; they follow it. */
  collector: FileCollector | undefined;
}

export function watchReports(child: JailProcess, caps: ReturnCaps): ReportWatch {
  const watch: ReportWatch = {
    productBytes: undefined,
    figures: 'refused',
    onReady: () => undefined,
    onReport: () => undefined,
    onStop: () => undefined,
    collector: undefined,
  };
  let ready = false;
  const onFrame = ({ tag, payload }: HarnessFrame): void => {
    if (tag === 'ready') {
      if (ready) watch.onStop({ reason: 'protocol', detail: 'a second greeting' });
      ready = true;
      watch.onReady();
      return;
    }
    if (tag === 'file' || tag === 'figure' || tag === 'data' || tag === 'files_end') {
      if (watch.collector === undefined)
        watch.onStop({ reason: 'protocol', detail: 'a file before the report' });
      else watch.collector.push(tag, payload);
      return;
    }
    if (watch.collector !== undefined) {
      // A second report is not even read: the first one counts.
      watch.collector.abandon();
      return;
    }
    if (tag === 'figures') {
      // Once: it is short enough to keep the service busy with nothing else.
      if (watch.figures !== 'none')
        watch.onStop({ reason: 'protocol', detail: `figures that were ${watch.figures}` });
      else watch.figures = 'announced';
      return;
    }
    if (tag === 'product') {
      watch.onReport({ kind: 'product', bytes: payload });
      return;
    }
    const text = payload.toString('utf8');
    const report: ReportFrame | undefined =
      tag === 'result' ? { kind: 'unchecked', text } : parseErrorReport(text);
    if (report === undefined) watch.onStop(malformed(tag));
    else watch.onReport(report);
  };
  const reader = createFrameReader(caps.resultBytes, {
    onFrame,
    productBytes: () => watch.productBytes,
    onBreach: (detail) => watch.onStop({ reason: 'protocol', detail }),
    onOversizedResult: () => watch.onStop({ reason: 'result_too_large' }),
  });
  paceReading(child.report, (chunk) => reader.push(chunk));
  return watch;
}

export const malformed = (tag: string): Stop => ({
  reason: 'protocol',
  detail: `a ${tag} that is not JSON of the right shape`,
});

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
