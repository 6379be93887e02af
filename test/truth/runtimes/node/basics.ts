// truth: {"args": ["one", "two"], "stdin": "line\n"}
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { gzipSync, gunzipSync } from 'node:zlib';

for await (const line of createInterface({ input: process.stdin })) console.log('read', line);
console.log(process.argv.slice(2), process.stdin.isTTY, process.stdout.isTTY, typeof process.version);
const folder = mkdtempSync(join(tmpdir(), 'x-'));
writeFileSync(join(folder, 'a.txt'), 'text');
symlinkSync('a.txt', join(folder, 'b'));
console.log(readdirSync(folder), readFileSync(join(folder, 'b'), 'utf8'));
console.log(createHash('sha256').update('x').digest('hex').slice(0, 16), randomUUID().length);
console.log(gunzipSync(gzipSync('hello'.repeat(100))).length, [3, 1, 2].toSorted(), structuredClone(new Map([[1, 2]])));
try {
  readFileSync('/nowhere');
} catch (error) {
  console.log((error as NodeJS.ErrnoException).code);
}
console.log(new Intl.DateTimeFormat('de-DE', { timeZone: 'Asia/Tokyo', dateStyle: 'full' }).format(0), typeof watch);
setTimeout(() => console.log('later'), 20);
queueMicrotask(() => console.log('soon'));
const emitter = new EventTarget();
setTimeout(() => emitter.dispatchEvent(new Event('go')), 10);
await once(emitter as never, 'go');
console.log('end');
