import type { TemplateBounds } from './open-outer.ts';

/** Use of a template so far. */
export interface TemplateLife {
  /** Jails made of it. */
  readonly made: number;
  /** Its age in seconds. */
  readonly age: number;
}

/** Share by which a template may go over its bounds while the next one loads its modules. */
const GRACE = 2;

/**
 * `old`: another one is to take its place, and it goes on until that is ready. `spent`: nothing more is made of it,
 * even if whoever wants a jail has to wait.
 */
export function judgeTemplate(life: TemplateLife, bounds: TemplateBounds): 'fresh' | 'old' | 'spent' {
  const share = Math.max(life.made / bounds.jails, life.age / bounds.age);
  if (share < 1) return 'fresh';
  return share < GRACE ? 'old' : 'spent';
}
