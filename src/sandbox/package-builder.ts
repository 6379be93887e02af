/** What is installed into a folder, in a jail of its own: for pip, or for npm. */
export interface BuildJob {
  readonly kind: 'packages' | 'requirements' | 'lock' | 'setup_script';
  /** Requirements, a lock or a script; for npm a `package.json` or a script. */
  readonly text: string;
  /** The `package-lock.json`, of kind `lock` for npm. */
  readonly lock?: string | undefined;
  /** Programs of packages may run, at set-up. */
  readonly allowsSource: boolean;
}

export interface BuildOptions {
  readonly signal: AbortSignal;
  /** The host's network; without it there is none. */
  readonly network: boolean;
  /** Wall clock in seconds, memory without the files in MiB, files in MiB, cores. */
  readonly limits: {
    readonly timeout: number;
    readonly memoryMb: number;
    readonly diskMb: number;
    readonly cpus: number;
  };
  /** One line of what the installer says, without secrets. */
  readonly onLine: (line: string) => void;
  /** Takes the files that were installed, as the jail sends them: hostile bytes. Called at most once. */
  readonly receive: (files: AsyncIterable<Uint8Array>) => Promise<void>;
}

/** How a build jail ended, by the host's evidence. What `receive` made of the files is the caller's to know. */
export type BuildEnding = 'ended' | 'timeout' | 'memory_limit';

/** Makes the packages of environments, for one runtime. */
export interface PackageBuilder {
  /** The version of the runtime that they are for. */
  readonly runtimeVersion: string;
  /**
   * Installs packages in a jail that is made for it.
   * @throws JailFailure where it cannot be made, what `receive` throws, or the signal's reason; after the jail is gone.
   */
  build(job: BuildJob, options: BuildOptions): Promise<BuildEnding>;
}
