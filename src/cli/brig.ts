#!/usr/bin/env node
/* An older Node cannot load the rest of Brig, so it is told before anything is loaded. */

const NODE = 24;
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < NODE) {
  process.stderr.write(
    `Brig needs Node ${NODE} or later; this is ${process.version}. npx --package=node@${NODE} runs it with one: npx --package=node@${NODE} --package=brig brig.\n`,
  );
  process.exitCode = 78;
} else {
  await import('./main.ts');
}
