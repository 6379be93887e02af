import { describe, expect, it } from 'vitest';
import { complainAboutTag, nameOf, tagOf } from './tags.ts';

describe('a tag', () => {
  it.each([
    ['data', 'prebuilt-data'],
    ['prebuilt-data', 'prebuilt-data'],
    ['My_Tag-1.0', 'prebuilt-_my___tag-1.0'],
    ['-x', 'prebuilt--x'],
  ])('%j is the environment %j, and the other way round', (tag, name) => {
    expect(complainAboutTag(tag)).toBeUndefined();
    expect(nameOf(tag)).toBe(name);
    expect(nameOf(tagOf(name) ?? '')).toBe(name);
  });

  it('comes back with its capitals', () => {
    for (const tag of ['prebuilt-My_Tag-1.0', 'prebuilt-ABC', 'prebuilt-__', 'prebuilt-_A_a'])
      expect(tagOf(nameOf(tag) ?? '')).toBe(tag);
  });

  it.each(['', 'a b', 'a/b', '../x', 'é', 'prebuilt-', 'x'.repeat(56), 'X'.repeat(28)])(
    'cannot be %j',
    (tag) => {
      expect(complainAboutTag(tag)).toBeDefined();
      expect(nameOf(tag)).toBeUndefined();
    },
  );

  it('is none of those that specifications get', () => {
    const tag = `spec-${'0f'.repeat(16)}`;
    for (const taken of [tag, `prebuilt-${tag}`]) expect(complainAboutTag(taken)).toMatch(/prebuild_spec/);
    expect(complainAboutTag('spec-1')).toBeUndefined();
  });

  it('is not what an environment of another kind has', () => {
    for (const name of ['default', 'reports', 'prebuilt-_', 'prebuilt-a_1'])
      expect(tagOf(name)).toBeUndefined();
  });
});
