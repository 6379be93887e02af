/** A vulnerability of the kernel by which a script could leave its jail, and its mitigation. */
export interface KernelHole {
  readonly cve: string;
  readonly where: string;
  /** Affected releases: from the first, inclusive, to the fixed one, exclusive. */
  readonly affected: readonly (readonly [from: string, until: string])[];
  /** System calls that the exploit needs and the policies refuse; undefined when scripts need all of them. */
  readonly closedBy: string | undefined;
}

/*
 * The ranges come from the kernel's own advisories (OSV). Two releases are unknown: the one of 6.18 and of older
 * branches with the fix of CVE-2026-80521, which was queued there in September 2026, and the first one of 6.1 with
 * CVE-2026-46242, which came with 6.4 and was backported. Both count as affected.
 */
export const kernelHoles: readonly KernelHole[] = [
  {
    cve: 'CVE-2026-80521',
    where: 'the collector of unix sockets that were sent over unix sockets',
    affected: [
      ['6.1.141', '6.2'],
      ['6.6.93', '6.7'],
      ['6.10', '7.1.10'],
    ],
    closedBy: 'No descriptor can be sent: sendmsg and sendmmsg are refused, and there is no io_uring.',
  },
  {
    cve: 'CVE-2026-43499',
    where: 'the requeueing of futexes with priority inheritance',
    affected: [
      ['2.6.39', '5.10.261'],
      ['5.11', '5.15.212'],
      ['5.16', '6.1.175'],
      ['6.2', '6.6.140'],
      ['6.7', '6.12.86'],
      ['6.13', '6.18.27'],
      ['6.19', '7.0.4'],
    ],
    closedBy: 'Operations of futexes with priority inheritance are refused.',
  },
  {
    cve: 'CVE-2026-46242',
    where: 'the end of an epoll instance that another one watches',
    affected: [
      ['6.1', '6.1.178'],
      ['6.4', '6.6.144'],
      ['6.7', '6.12.95'],
      ['6.13', '6.18.33'],
      ['6.19', '7.0.10'],
    ],
    // Node, Deno, Bun, Go and asyncio need epoll, and a filter cannot see which descriptor it watches.
    closedBy: undefined,
  },
];

/** Returns the vulnerabilities of a release, `uname -r`, by its number; none without a number. */
export function findKernelHoles(release: string): KernelHole[] {
  const version = parseRelease(release);
  if (version === undefined) return [];
  return kernelHoles.filter(({ affected }) =>
    affected.some(([from, until]) => !isBefore(version, from) && isBefore(version, until)),
  );
}

/** Describes the unmitigated vulnerabilities of a release for an operator, in sentences. */
export const describeKernelHoles = (release: string): string[] =>
  findKernelHoles(release)
    .filter(({ closedBy }) => closedBy === undefined)
    .map(
      ({ cve, where }) =>
        `Kernels of this release have ${cve}, a hole in ${where}, which a script could use to leave its jail: update the kernel, unless the distribution mended it without a new number.`,
    );

function isBefore(version: readonly number[], other: string): boolean {
  const limits = parseRelease(other) ?? [];
  for (let index = 0; index < 3; index += 1) {
    const difference = (version[index] ?? 0) - (limits[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Parses major, minor and patch level of `6.8.0-71-generic`. */
function parseRelease(release: string): number[] | undefined {
  const [, ...numbers] = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?/.exec(release) ?? [];
  return numbers.length === 0 ? undefined : numbers.map((text) => Number(text ?? 0));
}
