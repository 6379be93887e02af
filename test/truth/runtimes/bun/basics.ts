// truth: {"args": ["one"], "stdin": "line\n"}
import { Database } from 'bun:sqlite';
import { readFileSync, writeFileSync } from 'node:fs';

console.log(process.argv.slice(2), await Bun.stdin.text());
writeFileSync('a.txt', 'text');
console.log(readFileSync('a.txt', 'utf8'), await Bun.file('a.txt').text());
const base = new Database('b.db');
base.run('create table t (n integer)');
base.run('insert into t values (1), (2)');
console.log(base.query('select sum(n) as total from t').get());
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('served') });
console.log(await (await fetch(`http://127.0.0.1:${server.port}/`)).text());
server.stop(true);
const child = Bun.spawnSync(['sh', '-c', 'echo out; exit 3']);
console.log(child.exitCode, child.stdout.toString(), new Bun.CryptoHasher('sha256').update('x').digest('hex').slice(0, 8));
process.exit(5);
