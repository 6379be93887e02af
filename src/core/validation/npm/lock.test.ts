import { describe, expect, it } from 'vitest';
import { NpmComplaint } from './complaint.ts';
import { toNpmProject } from './npm-project.ts';

const integrity = `sha512-${'a'.repeat(86)}==`;
const entry = { version: '1.0.0', integrity };
const root = { dependencies: { x: '1' } };
const lockOf = (packages: object): string =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': root, ...packages } });
const entriesOf = (packages: object): Record<string, unknown> => {
  const { lock = '{}' } = toNpmProject({ lock: lockOf(packages) });
  return (JSON.parse(lock) as { packages: Record<string, unknown> }).packages;
};

describe('a lock of npm', () => {
  it('keeps the parts that say what is installed, and nothing else', () => {
    const given = {
      ...entry,
      integrity: `sha1-abc= ${integrity}`,
      resolved: 'https://elsewhere.invalid/x/-/x-1.0.0.tgz',
      ...{
        hasShrinkwrap: true,
        hasInstallScript: true,
        scripts: { install: 'x' },
        bin: { x: 'x' },
        dev: true,
      },
      ...{ dependencies: { y: '^1', 'z-cjs': 'npm:z@^2' }, peerDependenciesMeta: { y: { optional: true } } },
      ...{
        os: ['linux'],
        registry: 'http://elsewhere.invalid/',
        _resolved: 'http://elsewhere.invalid/x.tgz',
      },
    };
    expect(entriesOf({ 'node_modules/x': given })).toEqual({
      '': {
        name: 'environment',
        ...root,
        devDependencies: {},
        optionalDependencies: {},
        peerDependencies: {},
      },
      'node_modules/x': {
        ...{ version: '1.0.0', integrity, dev: true, os: ['linux'] },
        ...{
          dependencies: { y: '^1', 'z-cjs': 'npm:z@^2' },
          peerDependenciesMeta: { y: { optional: true } },
        },
      },
    });
  });

  it('wants hashes of all but what another package bundles', () => {
    const bundled = { version: '1.0.0', inBundle: true };
    const bundler = { ...entry, bundleDependencies: ['y'] };
    expect(entriesOf({ 'node_modules/x': bundler, 'node_modules/x/node_modules/y': bundled })).toMatchObject({
      'node_modules/x/node_modules/y': bundled,
    });
    expect(() => entriesOf({ 'node_modules/y': bundled })).toThrow(/"node_modules\/y" has no "integrity"/);
    expect(() => entriesOf({ 'node_modules/x': entry, 'node_modules/x/node_modules/y': bundled })).toThrow(
      /has no "integrity"/,
    );
  });

  it.each([
    ['a URL', { dependencies: { y: 'http://elsewhere.invalid/y.tgz' } }],
    ['git', { optionalDependencies: { y: 'git+ssh://git@elsewhere.invalid/y' } }],
    ['a path', { peerDependencies: { y: 'file:/etc' } }],
    ['an alias of a URL', { dependencies: { y: 'npm:y@http://elsewhere.invalid/y.tgz' } }],
    ['what is no range', { dependencies: { y: 1 } }],
    ['no name', { dependencies: { '../y': '1' } }],
    ['an alias', { name: 'file:/etc' }],
    ['a link', { link: 'yes' }],
    ['a version', { version: 'http://elsewhere.invalid/x.tgz' }],
    ['a weak hash', { integrity: 'sha512-abc' }],
    ['a place', { resolved: 'git+https://elsewhere.invalid/-/x.tgz' }],
  ])('takes no entry with %s that is not of the registry', (_what, fields) => {
    const read = () => entriesOf({ 'node_modules/x': { ...entry, ...fields } });
    expect(read).toThrow(NpmComplaint);
    expect(read).toThrow(/"node_modules\/x"/);
  });

  it.each([
    ['an address', { resolved: `http://x${'/-/'.repeat(165_000)}` }],
    ['a hash', { integrity: ` sha512-${'a'.repeat(490_000)}` }],
    ['hashes', { integrity: `sha512-${'a'.repeat(86)}? `.repeat(5000) }],
    ['a version', { version: '1.'.repeat(245_000) }],
    ['a range', { dependencies: { y: '^1 '.repeat(160_000) } }],
    ['a name', { dependencies: { ['@a/'.repeat(160_000)]: '1' } }],
  ])(
    'takes time in proportion to the length of %s',
    (_what, fields) => {
      // A backtracking pattern needs minutes for these.
      const lock = lockOf({ 'node_modules/x': { ...entry, ...fields } });
      expect(() => toNpmProject({ lock })).toThrow(NpmComplaint);
    },
    10_000,
  );

  it('takes time in proportion to its own', () => {
    const lock = lockOf({ [`node_modules/${'a/node_modules/'.repeat(30_000)}`]: entry });
    expect(() => toNpmProject({ lock })).toThrow(NpmComplaint);
    expect(() => toNpmProject({ lock: '['.repeat(500_000) })).toThrow(NpmComplaint);
    expect(() => toNpmProject({ lock: '{"packages":'.repeat(40_000) })).toThrow(NpmComplaint);
  }, 10_000);
});
