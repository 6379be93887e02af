import { describe, expect, it } from 'vitest';
import { NpmComplaint } from './complaint.ts';
import { toNpmProject } from './npm-project.ts';

const integrity = `sha512-${'a'.repeat(86)}==`;
const entry = { version: '1.0.0', integrity };
const lockOf = (packages: object, root: object = { dependencies: { x: '1' } }): string =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': root, ...packages } });

describe('toNpmProject', () => {
  it('takes names with versions, ranges and tags', () => {
    const { manifest, names } = toNpmProject({ packages: ['lodash', '@a/b@^1.2', 'x@>=1 <3', 'y@next'] });
    expect(JSON.parse(manifest)).toMatchObject({
      dependencies: { lodash: 'latest', '@a/b': '^1.2', x: '>=1 <3', y: 'next' },
    });
    expect(names).toEqual(['lodash', '@a/b', 'x', 'y']);
  });

  it('takes nothing but the dependencies of a package.json', () => {
    const requirements = JSON.stringify({
      dependencies: { x: '1' },
      scripts: { postinstall: 'x' },
      overrides: {},
    });
    expect(JSON.parse(toNpmProject({ requirements }).manifest)).toEqual({
      ...{ name: 'environment', version: '0.0.0', private: true },
      dependencies: { x: '1' },
    });
  });

  it('leaves out where a lock was resolved', () => {
    const resolved = 'https://registry.test/x/-/x-1.0.0.tgz';
    const { lock = '' } = toNpmProject({ lock: lockOf({ 'node_modules/x': { ...entry, resolved } }) });
    expect(lock).toContain(integrity);
    expect(lock).not.toContain('registry.test');
  });

  it.each([
    { packages: ['git+ssh://git@host/x.git'] },
    { packages: ['https://host/x.tgz'] },
    { packages: ['user/repository'] },
    { packages: ['x@file:../x'] },
    { packages: ['x@npm:y@1'] },
    { packages: ['x@link:/etc'] },
    { packages: ['../x'] },
    { packages: ['--registry=https://host'] },
    { packages: ['x', 'x@1'] },
    { requirements: 'six==1.0' },
    { requirements: '[]' },
    { requirements: '{"dependencies": {"x": "git://host/x"}}' },
    { requirements: '{"dependencies": {"x": 1}}' },
    { lock: '{"lockfileVersion": 1, "dependencies": {}}' },
    { lock: lockOf({ 'node_modules/x': { version: '1.0.0' } }) },
    { lock: lockOf({ 'node_modules/x': { ...entry, integrity: 'sha1-abc=' } }) },
    { lock: lockOf({ 'node_modules/x': { ...entry, resolved: 'git+ssh://git@host/x.git#1' } }) },
    { lock: lockOf({ 'node_modules/x': { ...entry, resolved: 'https://host/x.tgz' } }) },
    { lock: lockOf({ 'node_modules/x': { link: true, resolved: 'x' } }) },
    { lock: lockOf({ 'node_modules/../x': entry }) },
    { lock: lockOf({ workspace: entry }) },
    { lock: lockOf({}, { dependencies: { x: 'file:..' } }) },
  ])('refuses %j', (request) => {
    expect(() => toNpmProject(request)).toThrow(NpmComplaint);
  });
});
