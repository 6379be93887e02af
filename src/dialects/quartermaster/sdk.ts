import type { InputFile } from '../../core/contract/request.ts';
import type { RuntimeName } from '../../core/contract/runtimes.ts';
import { goModule, goPackage, goPackageModule, linkSdk } from './sdk-go.ts';
import { writeJavascript } from './sdk-javascript.ts';
import { python } from './sdk-python.ts';
import { typescript } from './sdk-typescript.ts';

/*
 * Module `sdk` for scripts: stores their metadata in a file of the working directory, which is returned, and so keeps
 * it off standard output. It also reads and writes files.
 */

const toFile = (path: string, text: string): InputFile => ({ path, bytes: Buffer.from(text) });

/** A folder of its own where the caller's package.json may declare another module type for all files. */
const ofNode = (own: readonly InputFile[]): InputFile[] =>
  own.some(({ path }) => path === 'package.json')
    ? [
        toFile('sdk/index.js', writeJavascript("path.join(__dirname, '..')")),
        toFile('sdk/package.json', '{"type":"commonjs"}'),
      ]
    : [toFile('sdk.js', writeJavascript('__dirname'))];

const ofGo = (own: readonly InputFile[]): InputFile[] => {
  const module = own.find(({ path }) => path === 'go.mod');
  const text = module === undefined ? goModule : Buffer.from(module.bytes).toString('utf8');
  return [
    toFile('go.mod', linkSdk(text)),
    toFile('sdk/go.mod', goPackageModule),
    toFile('sdk/sdk.go', goPackage),
  ];
};

const writers: Partial<Record<RuntimeName, (own: readonly InputFile[]) => InputFile[]>> = {
  python: () => [toFile('sdk.py', python)],
  node: ofNode,
  deno: () => [toFile('sdk.ts', typescript)],
  bun: () => [toFile('sdk.ts', typescript)],
  go: ofGo,
};

/**
 * Returns the `sdk` files beside a script of a runtime, which replace the caller's of the same path: `go.mod` alone, with
 * all its lines. None when the caller has an `sdk` of their own.
 */
export const sdkFor = (runtime: RuntimeName, own: readonly InputFile[]): readonly InputFile[] =>
  own.some(({ path }) => /^sdk(?:\.[^/]*)?(?:\/|$)/.test(path)) ? [] : (writers[runtime]?.(own) ?? []);

/** Returns the module file of a Go script with packages of its own, if it has none: it has another name there. */
export const moduleFor = (runtime: RuntimeName, own: readonly InputFile[]): readonly InputFile[] =>
  runtime === 'go' &&
  own.some(({ path }) => path.includes('/') && path.endsWith('.go')) &&
  !own.some(({ path }) => path === 'go.mod')
    ? [toFile('go.mod', goModule)]
    : [];
