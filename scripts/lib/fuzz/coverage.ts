import { Session } from 'node:inspector/promises';

/** Counts the ranges of the sources that ran, by V8's own counters. */
export interface Coverage {
  /** Ranges of the sources that ran since the last call. */
  take(): Promise<string[]>;
  stop(): void;
}

/** @param holds whether a script, by its URL, counts. */
export async function startCoverage(holds: (url: string) => boolean): Promise<Coverage> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    take: async () => {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      return result
        .filter(({ url }) => holds(url))
        .flatMap(({ scriptId, functions }) =>
          functions.flatMap(({ ranges }) =>
            ranges.flatMap(({ startOffset, endOffset, count }) =>
              count > 0 ? [`${scriptId}:${startOffset}:${endOffset}`] : [],
            ),
          ),
        );
    },
    stop: () => session.disconnect(),
  };
}
