import type { Build, BuildEvent, EnvironmentView } from '../environments/environments.ts';
import type { StreamEvent } from './event-stream.ts';

/** Maximum number of events that a reader may be behind. */
const MOST_WAITING = 1000;

/**
 * Returns the events of a build: past ones, then new ones; the last one is the environment. The build goes on when
 * the reader leaves.
 */
export function readBuildEvents(
  build: Build,
  environments: Pick<EnvironmentView, 'get'>,
): AsyncIterator<StreamEvent, undefined> {
  const waiting: BuildEvent[] = [];
  let arrived = Promise.withResolvers<void>();
  let isOver = false;
  const push = (event: BuildEvent): void => {
    // A slow reader misses progress, but never the end.
    if (waiting.length >= MOST_WAITING) waiting.shift();
    waiting.push(event);
    arrived.resolve();
  };
  const report = build.report();
  for (const line of report.progress) push({ type: 'progress', line });
  const unsubscribe = build.subscribe(push);
  if (report.finished_at !== undefined) push({ type: 'ended', report });

  const write = async (event: BuildEvent): Promise<StreamEvent> => {
    if (event.type === 'progress') return { event: 'progress', data: [JSON.stringify({ line: event.line })] };
    if (event.type === 'step') return { event: 'step', data: [JSON.stringify({ step: event.step })] };
    const gone = { name: build.name, build: event.report };
    return { event: 'ended', data: [JSON.stringify(await environments.get(build.name).catch(() => gone))] };
  };
  const end = (): { done: true; value: undefined } => {
    isOver = true;
    unsubscribe();
    arrived.resolve();
    return { done: true, value: undefined };
  };
  return {
    next: async () => {
      if (waiting.length === 0 && !isOver) {
        arrived = Promise.withResolvers();
        await arrived.promise;
      }
      const event = waiting.shift();
      if (isOver || event === undefined) return end();
      const value = await write(event);
      if (event.type === 'ended') end();
      return { done: false, value };
    },
    return: async () => end(),
  };
}
