import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMembers, nestsDeeper } from './member-texts.ts';

const findArgs = (text: string) => findMembers(text, ['args']).args;

describe('findMembers', () => {
  it.each(['9223372036854775808', '[5.0,1e400,-0,-0.0,1E5]', '"a\\"]}\\\\"', 'null', '{"args":[1]}', '[ ]'])(
    'keeps %s as it was written',
    (json) => {
      expect(findArgs(`{"args":${json}}`)?.json).toBe(json);
      expect(findArgs(` { "a" : [ "args" , { "args" : 1 } ] ,\n"args" : ${json} , "z":2 } `)?.json).toBe(
        json,
      );
    },
  );

  it('knows a name however it is written, and takes the last of several', () => {
    expect(findArgs('{"\\u0061rgs":1}')?.json).toBe('1');
    expect(findArgs('{"args":1,"args":2}')?.json).toBe('2');
    expect(findArgs('{"\\"args":1,"__proto__":{"args":3}}')).toBeUndefined();
    expect(findArgs('{}')).toBeUndefined();
  });

  it('finds what JSON.parse finds', () => {
    const key = fc.oneof(fc.constantFrom('args', 'kwargs', '__proto__', '"', '\\', '{'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.jsonValue())), fc.constantFrom(0, 1, '\t'), (members, indent) => {
        const text = JSON.stringify(Object.fromEntries(members), undefined, indent);
        const { args, kwargs } = JSON.parse(text) as { args?: unknown; kwargs?: unknown };
        const found = findMembers(text, ['args', 'kwargs']);
        expect(found.args && JSON.parse(found.args.json)).toEqual(args);
        expect(found.kwargs && JSON.parse(found.kwargs.json)).toEqual(kwargs);
      }),
    );
  });

  it('measures depth and integers outside of strings', () => {
    expect(findArgs('{"args":"[[[12345"}')).toMatchObject({ depth: 0, integerDigits: 0 });
    expect(findArgs('{"args":[[],{"a":[-123,4.5678,1e99]}]}')).toMatchObject({ depth: 3, integerDigits: 3 });
  });
});

describe('nestsDeeper', () => {
  it('counts brackets outside of strings, whatever the text is', () => {
    expect(nestsDeeper('[{}]', 2)).toBe(false);
    expect(nestsDeeper('[{}]', 1)).toBe(true);
    expect(nestsDeeper('["[[[[\\"[["]', 1)).toBe(false);
    expect(nestsDeeper('"[[[', 0)).toBe(false);
    expect(nestsDeeper(']]]][', 1)).toBe(false);
  });
});
