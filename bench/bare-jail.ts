import { spawn } from 'node:child_process';
import { parseConfig } from '../src/config.ts';
import { openStore } from '../src/environments/store.ts';
import { findNsjail } from '../src/sandbox/nsjail/binary.ts';
import { openIdPool } from '../src/sandbox/nsjail/ids.ts';
import { provideImage, resolveStateDir } from '../src/sandbox/nsjail/image/image-store.ts';
import { interpreterInJail, sitePackagesInJail } from '../src/sandbox/nsjail/image/layout.ts';
import { jailFiles } from '../src/sandbox/nsjail/kinds.ts';
import { planEnvironment } from '../src/sandbox/nsjail/plan.ts';

/** Program of the bare interpreter. */
export interface BareWork {
  /** Program text, an argument of `python3 -I -S -c`. */
  readonly code: string;
  /** Comes through a pipe; without it standard input is /dev/null. */
  readonly stdin?: string;
  /** Bytes that it writes to a pipe, which is read to its end; without it standard output is /dev/null. */
  readonly outputBytes?: number;
}

/** The same jail as the service's, started by nothing but a spawn. */
export interface BareJail {
  /** Version of the interpreter in the jail. */
  readonly python: string;
  /** Starts a jail in which an interpreter does the work, and waits for its end. @throws Error where it does not end well. */
  run(work: BareWork): Promise<void>;
}

/**
 * The floor under every execution in a jail: nsjail with the service's config, system call policy, root image,
 * packages and ids, around a bare interpreter. It has no cgroup and no result, and only the pipes that its work needs.
 */
export async function createBareJail(env: NodeJS.ProcessEnv): Promise<BareJail> {
  const config = parseConfig(env);
  const nsjail = findNsjail(config.nsjail);
  const stateDir = resolveStateDir(config.stateDir);
  const { folder, interpreter } = await provideImage(config, stateDir);
  const packages = await findDefaultPackages(stateDir);
  const mounts =
    packages === undefined ? [] : ['--bindmount_ro', `${packages}:${sitePackagesInJail(interpreter)}`];
  const pool = await openIdPool(config.python, [folder]);
  const files = jailFiles('python');
  const command = [interpreterInJail(interpreter), '-I', '-S', '-c'];
  return {
    python: interpreter.version,
    run: async (work) => {
      const ids = pool.take();
      const args = [
        ...['--config', files.config, '--seccomp_policy', files.seccomp],
        ...['--user', `65534:${ids.uid}:1`, '--group', `65534:${ids.gid}:1`],
        ...mounts,
        ...['--', ...command, work.code],
      ];
      try {
        const { code, bytes } = await spawnToEnd(nsjail, args, planEnvironment(folder, '/dev'), work);
        if (code !== 0) throw new Error(`A bare jail ended with ${code}: nsjail ${args.join(' ')}`);
        if (bytes !== (work.outputBytes ?? 0))
          throw new Error(`A bare jail wrote ${bytes} bytes: ${work.code}`);
      } finally {
        pool.giveBack(ids);
      }
    },
  };
}

/** The packages that the service's jails have as well, where there are any. */
async function findDefaultPackages(stateDir: string): Promise<string | undefined> {
  const store = openStore(stateDir);
  const found = (await store.readAll()).find(({ name }) => name === 'default');
  return found && store.packagesOf(found.manifest.id);
}

function spawnToEnd(
  file: string,
  args: string[],
  env: Record<string, string>,
  { stdin, outputBytes }: BareWork,
): Promise<{ code: number | null; bytes: number }> {
  const ended = Promise.withResolvers<{ code: number | null; bytes: number }>();
  const child = spawn(file, args, {
    env,
    stdio: [stdin === undefined ? 'ignore' : 'pipe', outputBytes === undefined ? 'ignore' : 'pipe', 'ignore'],
  });
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  // One that ends without having read its input says so with its status.
  child.stdin?.on('error', () => undefined).end(stdin);
  child.once('error', ended.reject).once('close', (code) => ended.resolve({ code, bytes }));
  return ended.promise;
}
