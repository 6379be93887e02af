import { describe, expect, it } from 'vitest';
import { describeKernelHoles, findKernelHoles, kernelHoles } from './kernel-holes.ts';

const names = (release: string): string[] => findKernelHoles(release).map(({ cve }) => cve.slice(4));

describe('findKernelHoles', () => {
  it.each([
    ['6.18.44-fc-v657', ['2026-80521']],
    ['6.18.32', ['2026-80521', '2026-46242']],
    ['6.18.33', ['2026-80521']],
    ['6.8.0-71-generic', ['2026-43499', '2026-46242']],
    ['6.6.92', ['2026-43499', '2026-46242']],
    ['6.6.93', ['2026-80521', '2026-43499', '2026-46242']],
    ['6.6.144+', ['2026-80521']],
    ['6.2.5', ['2026-43499']],
    ['6.3.0', ['2026-43499']],
    ['5.14.0-503.el9.x86_64', ['2026-43499']],
    ['7.0.9', ['2026-80521', '2026-46242']],
    ['7.1.9', ['2026-80521']],
    ['7.1.10', []],
    ['7.2.0-rc7', []],
    ['10.0.1', []],
    ['2.6.38', []],
    ['6.10', ['2026-80521', '2026-43499', '2026-46242']],
    ['not a kernel', []],
    ['', []],
  ])('of %s', (release, expected) => {
    expect(names(release)).toEqual(expected);
  });

  it('has ranges that end after they begin, in order', () => {
    for (const { cve, affected } of kernelHoles) {
      for (const [from, until] of affected) {
        expect(names(from), cve).toContain(cve.slice(4));
        expect(names(until), cve).not.toContain(cve.slice(4));
      }
    }
  });
});

describe('describeKernelHoles', () => {
  it('speaks of what nothing closes alone', () => {
    expect(describeKernelHoles('6.18.44')).toEqual([]);
    expect(describeKernelHoles('6.12.94')).toHaveLength(1);
    expect(describeKernelHoles('6.12.94')[0]).toMatch(
      /^Kernels of this release have CVE-2026-46242.*update the kernel/,
    );
  });
});
