import { examples, readExample } from '../../../test/support/examples.ts';
import { toKind } from '../check.ts';
import type { Kind } from '../kind.ts';

/** The scripts of examples/: those that succeed, and one for each error category that a script can end in. */
export const exampleKinds: readonly Kind[] = examples
  .filter(({ file }) => file.endsWith('.py'))
  .map(({ file, request, expect: wanted }) =>
    toKind({
      name: `example: ${file}`,
      request: { body: { script: readExample(file), ...request } },
      wanted,
    }),
  );
