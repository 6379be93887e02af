import { spawn } from 'node:child_process';
import { parseConfig } from '../src/config.ts';
import { findNsjail } from '../src/sandbox/nsjail/binary.ts';
import { createIdPool } from '../src/sandbox/nsjail/ids.ts';
import { provideImage, resolveStateDir } from '../src/sandbox/nsjail/image/image-store.ts';
import { interpreterInJail } from '../src/sandbox/nsjail/image/layout.ts';
import { nsjailFiles, planEnvironment } from '../src/sandbox/nsjail/plan.ts';

/** The same jail as the service's, started by nothing but a spawn. */
export interface BareJail {
  /** Version of the interpreter in the jail. */
  readonly python: string;
  /** Starts a jail in which an interpreter runs `pass`, and waits for its end. @throws Error where it does not end well. */
  run(): Promise<void>;
}

/**
 * The floor under every execution in a jail: nsjail with the service's config, system call policy, root image and
 * ids, around a bare interpreter. It has no cgroup, no pipes, no script and no result.
 */
export async function createBareJail(env: NodeJS.ProcessEnv): Promise<BareJail> {
  const config = parseConfig(env);
  const nsjail = findNsjail(config.nsjail);
  const { folder, interpreter } = await provideImage(config, resolveStateDir(config.stateDir));
  const pool = createIdPool();
  const command = [interpreterInJail(interpreter), '-I', '-S', '-c', 'pass'];
  return {
    python: interpreter.version,
    run: async () => {
      const ids = pool.take();
      const args = [
        ...['--config', nsjailFiles.config, '--seccomp_policy', nsjailFiles.seccomp],
        ...['--user', `65534:${ids.uid}:1`, '--group', `65534:${ids.gid}:1`],
        ...['--', ...command],
      ];
      try {
        const code = await spawnToEnd(nsjail, args, planEnvironment(folder));
        if (code !== 0) throw new Error(`A bare jail ended with ${code}: nsjail ${args.join(' ')}`);
      } finally {
        pool.giveBack(ids);
      }
    },
  };
}

function spawnToEnd(file: string, args: string[], env: Record<string, string>): Promise<number | null> {
  const ended = Promise.withResolvers<number | null>();
  spawn(file, args, { env, stdio: 'ignore' }).once('error', ended.reject).once('exit', ended.resolve);
  return ended.promise;
}
