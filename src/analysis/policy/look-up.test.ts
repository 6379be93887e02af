import { describe, expect, it } from 'vitest';
import { lookUp } from './look-up.ts';
import { createScope, type Name, type NameScope } from './scope.ts';

const ignore = (): void => undefined;

/** Binds `x` in a scope, after this offset. */
function bind(scope: NameScope, boundFrom: number, isDeleted = false): Name {
  const name = { values: [], boundFrom, isDeleted };
  scope.names.set('x', name);
  return name;
}

describe('a name that is read', () => {
  const module = createScope('module');
  const outer = bind(module, 10);

  it('is the built-in one until its module binds it', () => {
    expect(lookUp('x', module, 5, ignore)).toEqual({ names: [outer], mayBeUnbound: true });
    expect(lookUp('x', module, 15, ignore)).toEqual({ names: [outer], mayBeUnbound: false });
    expect(lookUp('y', module, 15, ignore)).toEqual({ names: [], mayBeUnbound: true });
  });

  it('may be the built-in one after a `del`, or when its binding may never be reached', () => {
    for (const [boundFrom, isDeleted] of [
      [10, true],
      [Infinity, false],
    ] as const) {
      const scope = createScope('module');
      const name = bind(scope, boundFrom, isDeleted);
      expect(lookUp('x', scope, 15, ignore)).toEqual({ names: [name], mayBeUnbound: true });
    }
  });

  it('is nothing but the local one in a function that binds it', () => {
    const inner = createScope('function', module);
    const local = bind(inner, Infinity, true);
    expect(lookUp('x', inner, 0, ignore)).toEqual({ names: [local], mayBeUnbound: false });
  });

  it('is not the one of a class around the function that reads it', () => {
    const body = createScope('class', module);
    const member = bind(body, 20);
    const method = createScope('function', body);
    expect(lookUp('x', method, 25, ignore)).toEqual({ names: [outer], mayBeUnbound: false });
    expect(lookUp('x', body, 15, ignore)).toEqual({ names: [member, outer], mayBeUnbound: false });
  });

  it('is that of the module where it is declared global', () => {
    const around = createScope('function', module);
    bind(around, 0);
    const inner = createScope('function', around);
    inner.elsewhere.set('x', 'global');
    expect(lookUp('x', inner, 25, ignore)).toEqual({ names: [outer], mayBeUnbound: false });
  });
});
