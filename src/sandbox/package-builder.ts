/** Content to install into a folder with pip or npm, in a jail of its own. */
export interface BuildJob {
  readonly kind: 'packages' | 'requirements' | 'lock' | 'setup_script';
  /** Requirements, a lock file or a script; for npm a `package.json` or a script. */
  readonly text: string;
  /** `package-lock.json`; only for npm and kind `lock`. */
  readonly lock?: string | undefined;
  /** True when programs of packages may run during set-up. */
  readonly allowsSource: boolean;
}

export interface BuildOptions {
  readonly signal: AbortSignal;
  /** True for the host's network; otherwise there is none. */
  readonly network: boolean;
  /** Limits: wall clock in seconds, memory without files in MiB, files in MiB, cores. */
  readonly limits: {
    readonly timeout: number;
    readonly memoryMb: number;
    readonly diskMb: number;
    readonly cpus: number;
  };
  /** Receives each line of the installer's output, without secrets. */
  readonly onLine: (line: string) => void;
  /** Takes the installed files as the jail sends them: hostile bytes. Called at most once. */
  readonly receive: (files: AsyncIterable<Uint8Array>) => Promise<void>;
}

/** End of a build jail, by the host's evidence. The result of `receive` is known to the caller. */
export type BuildEnding = 'ended' | 'timeout' | 'memory_limit';

/** Installs the packages of environments, for one runtime. */
export interface PackageBuilder {
  /** Version of the runtime that the packages are for. */
  readonly runtimeVersion: string;
  /**
   * Installs packages in a jail that is made for it.
   * @throws JailFailure when the jail cannot be made; the error of `receive`; the reason of the aborted signal.
   * Throws after the jail is gone.
   */
  build(job: BuildJob, options: BuildOptions): Promise<BuildEnding>;
}
