// truth: {"args": ["one"], "stdin": "line\n"}
const text = await new Response(Deno.stdin.readable).text();
console.log(Deno.args, text, Deno.stdout.isTerminal());
await Deno.writeTextFile('a.txt', 'text');
console.log(await Deno.readTextFile('a.txt'), [...Deno.readDirSync('.')].some((entry) => entry.name === 'a.txt'));
const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: () => {} }, () => new Response('served'));
console.log(await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).text());
await server.shutdown();
const { code, stdout } = await new Deno.Command('sh', { args: ['-c', 'echo out; exit 3'] }).output();
console.log(code, new TextDecoder().decode(stdout));
const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('x'));
console.log(new Uint8Array(digest).slice(0, 4), structuredClone({ a: [1] }));
enum Colour { Red, Green }
console.log(Colour.Green, Colour[0]);
try {
  Deno.readTextFileSync('/nowhere');
} catch (error) {
  console.log((error as Error).name);
}
Deno.exit(5);
