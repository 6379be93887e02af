/**
 * Kinds of jails. Runtimes whose jails do not differ share one: `python`; `rooted`, Python with a directory at a path
 * that the caller chooses; `v8`, Node and Deno; `jsc`, Bun; `native`, compiled programs; `compiler`, compilers.
 */
export const jailKindNames = ['python', 'rooted', 'v8', 'jsc', 'native', 'compiler'] as const;

export type JailKindName = (typeof jailKindNames)[number];
