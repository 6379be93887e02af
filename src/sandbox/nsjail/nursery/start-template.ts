import { JailFailure } from '../../sandbox.ts';
import { remedyOf } from '../jail.ts';
import { readNsjailLog } from '../nsjail-log.ts';
import type { JailCommand, NurseryProcess, Starter } from '../starter.ts';

/** Longest time in which a template loads its modules, in milliseconds; generous even for a starved host. */
const LOAD_MS = 60_000;
/** Word of a template that takes tables. */
const READY = 'ready';

/**
 * Starts a template, and waits until it has loaded its modules.
 * @param describeEnd says why it ended, once it has, where its cgroup tells.
 * @throws JailFailure with the reason why there is none, when nothing of it runs any more.
 */
export async function startTemplate(
  starter: Pick<Starter, 'startTemplate'>,
  command: JailCommand,
  describeEnd: () => string,
): Promise<NurseryProcess> {
  const template = await starter.startTemplate(command);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    template.kill();
  }, LOAD_MS);
  const words = await template.words;
  clearTimeout(timer);
  if (words === READY) return template;
  template.kill();
  const log = await template.ended;
  const reason = isLate ? `its modules were not loaded within ${LOAD_MS / 1000} s` : words;
  const detail = [reason, describeEnd(), ...readNsjailLog(log).complaints]
    .filter((part) => part !== '')
    .join('; ');
  throw new JailFailure('The template of jails could not be started.', {
    remedy: remedyOf(detail),
    detail: detail === '' ? 'it ended at once' : detail,
  });
}
