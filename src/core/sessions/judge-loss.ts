import type { Evidence } from '../contract/evidence.ts';
import type { LossReason } from '../contract/sessions/session-state.ts';

/** Returns why the jail of a session ended with a script, by the host's own evidence. */
export function judgeLoss({ stop, ending, usage }: Pick<Evidence, 'stop' | 'ending' | 'usage'>): LossReason {
  switch (stop?.reason) {
    case 'deadline':
      return 'timeout';
    case 'cpu_time':
      return 'cpu_limit';
    case 'flood':
    case 'result_too_large':
      return 'output_limit';
    case 'socket_memory':
      return 'memory_limit';
    case 'protocol':
      return 'protocol';
    case undefined:
      if (usage.oomKills > 0) return 'memory_limit';
      return ending.kind === 'exit' ? 'exited' : 'crashed';
  }
}
