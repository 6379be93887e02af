import type { ProgramRuntime } from '../../src/core/contract/runtimes.ts';

/** The same things to do in each language. */
export interface RuntimeScripts {
  readonly hello: string;
  /** Writes standard input in capitals. */
  readonly stdin: string;
  /** Writes its arguments, one a line. */
  readonly args: string;
  /** Writes the variable GREETING. */
  readonly env: string;
  /** Ends with status 3. */
  readonly exit: string;
  /** Ends itself by this signal. */
  readonly signal: { readonly script: string; readonly number: number };
  readonly uncaught: {
    readonly script: string;
    readonly type: string;
    readonly message: string;
    readonly line: number;
  };
  readonly refused: { readonly script: string; readonly line: number };
  readonly endless: string;
  /** Calls itself without an end. */
  readonly recursion: string;
  readonly greedy: string;
  /** Starts 200 children that wait, and writes how many lived and how many were refused, as JSON. */
  readonly bomb: string;
  /** Connects to an address outside and to the loopback; writes `ok` for each that fails. */
  readonly network: string;
  /** Asks the host and the port of its arguments for `/` over a socket, and writes the first line of the answer, or `no`. */
  readonly connect: string;
  /** Fetches the URL of its argument as its clients of HTTP do, with the proxy of its variables; writes the body, or `no`. */
  readonly fetch: string;
  /** Writes to /usr and to /opt/brig; writes `ok` for each that fails. */
  readonly root: string;
}

const javascript = {
  hello: 'console.log("hello");',
  exit: 'process.exit(3);',
  signal: { script: "process.kill(process.pid, 'SIGTERM');\nsetTimeout(() => {}, 10_000);", number: 15 },
  uncaught: {
    script: 'function fail() {\n  throw new TypeError("no good");\n}\nfail();',
    type: 'TypeError',
    message: 'no good',
    line: 2,
  },
  refused: { script: 'const one = 1;\nconst two = (;\n', line: 2 },
  endless: 'for (;;);',
  recursion: 'function deep(n) {\n  return deep(n + 1) + 1;\n}\nconsole.log(deep(0));',
  greedy: 'const all = [];\nfor (;;) all.push(new Array(100_000).fill(1.5));',
} as const;

const connect = `const socket = net.connect(Number(port), host, () => socket.write('GET / HTTP/1.0\\r\\n\\r\\n'));
socket.once('data', (data) => { console.log(String(data).split('\\r')[0]); socket.destroy(); });
socket.once('error', () => console.log('no'));`;
const fetchBody =
  '(async () => console.log(await fetch(url).then((answer) => answer.text()).catch(() => "no")))();';

const node: RuntimeScripts = {
  ...javascript,
  connect: `const net = require('node:net');\nconst [host, port] = process.argv.slice(2);\n${connect}`,
  fetch: `const [url] = process.argv.slice(2);\n${fetchBody}`,
  stdin: 'process.stdout.write(require("fs").readFileSync(0, "utf8").toUpperCase());',
  args: 'console.log(process.argv.slice(2).join("\\n"));',
  env: 'console.log(process.env.GREETING);',
  bomb: `const { spawn } = require('node:child_process');
let refused = 0;
const children = Array.from({ length: 200 }, () => spawn('/bin/sh', ['-c', 'read line']));
for (const child of children) child.on('error', () => { refused += 1; });
setTimeout(() => {
  console.log(JSON.stringify({ lived: 200 - refused, refused }));
  process.exit(0);
}, 500);`,
  network: `const net = require('node:net');
for (const [host, port] of [['192.0.2.1', 80], ['127.0.0.1', 22]]) {
  net.connect(port, host).on('error', () => console.log('ok')).on('connect', () => console.log('connected'));
}`,
  root: `const fs = require('node:fs');
for (const file of ['/usr/more', '/opt/brig/more']) {
  try { fs.writeFileSync(file, 'x'); console.log('written'); } catch { console.log('ok'); }
}`,
};

const deno: RuntimeScripts = {
  ...javascript,
  connect: `import net from 'node:net';\nconst [host = '', port] = Deno.args;\n${connect}`,
  fetch: `const [url = ''] = Deno.args;\n${fetchBody}`,
  stdin:
    'const text: string = await new Response(Deno.stdin.readable).text();\nconsole.log(text.toUpperCase().trimEnd());',
  args: 'console.log(Deno.args.join("\\n"));',
  env: 'console.log(Deno.env.get("GREETING"));',
  exit: 'Deno.exit(3);',
  signal: { script: "Deno.kill(Deno.pid, 'SIGTERM');\nsetTimeout(() => {}, 10_000);", number: 15 },
  bomb: `let lived = 0, refused = 0;
for (let i = 0; i < 200; i += 1) {
  try { new Deno.Command('/bin/sh', { args: ['-c', 'read line'], stdin: 'piped' }).spawn(); lived += 1; }
  catch { refused += 1; }
}
console.log(JSON.stringify({ lived, refused }));
Deno.exit(0);`,
  network: `for (const [hostname, port] of [['192.0.2.1', 80], ['127.0.0.1', 22]] as const) {
  try { await Deno.connect({ hostname, port }); console.log('connected'); } catch { console.log('ok'); }
}`,
  root: `for (const file of ['/usr/more', '/opt/brig/more']) {
  try { Deno.writeTextFileSync(file, 'x'); console.log('written'); } catch { console.log('ok'); }
}`,
};

const bun: RuntimeScripts = {
  ...javascript,
  connect: `import net from 'node:net';\nconst [host = '', port] = Bun.argv.slice(2);\n${connect}`,
  fetch: `const [url = ''] = Bun.argv.slice(2);\n${fetchBody}`,
  stdin: 'const text: string = await Bun.stdin.text();\nconsole.log(text.toUpperCase().trimEnd());',
  args: 'console.log(Bun.argv.slice(2).join("\\n"));',
  env: 'console.log(Bun.env.GREETING);',
  bomb: `let lived = 0, refused = 0;
for (let i = 0; i < 200; i += 1) {
  try { Bun.spawn(['/bin/sh', '-c', 'read line'], { stdin: 'pipe' }); lived += 1; } catch { refused += 1; }
}
console.log(JSON.stringify({ lived, refused }));
process.exit(0);`,
  network: `import net from 'node:net';
for (const [host, port] of [['192.0.2.1', 80], ['127.0.0.1', 22]] as const) {
  await new Promise<void>((resolve) => {
    net.connect(port, host)
      .on('error', () => { console.log('ok'); resolve(); })
      .on('connect', () => { console.log('connected'); resolve(); });
  });
}`,
  root: `import fs from 'node:fs';
for (const file of ['/usr/more', '/opt/brig/more']) {
  try { fs.writeFileSync(file, 'x'); console.log('written'); } catch { console.log('ok'); }
}`,
};

const goProgram = (imports: string, body: string): string =>
  `package main\n\nimport (${imports
    .split(' ')
    .map((name) => `"${name}"`)
    .join('; ')})\n\nfunc main() {\n${body}\n}\n`;

const go: RuntimeScripts = {
  hello: goProgram('fmt', '\tfmt.Println("hello")'),
  stdin: goProgram(
    'fmt io os strings',
    '\tall, _ := io.ReadAll(os.Stdin)\n\tfmt.Print(strings.ToUpper(string(all)))',
  ),
  args: goProgram('fmt os', '\tfor _, argument := range os.Args[1:] {\n\t\tfmt.Println(argument)\n\t}'),
  env: goProgram('fmt os', '\tfmt.Println(os.Getenv("GREETING"))'),
  exit: goProgram('os', '\tos.Exit(3)'),
  signal: {
    script: goProgram('syscall', '\tsyscall.Kill(syscall.Getpid(), syscall.SIGKILL)\n\tselect {}'),
    number: 9,
  },
  uncaught: {
    script: goProgram('os', '\tvalues := []int{1}\n\tprintln(values[len(os.Args)+4])'),
    type: 'runtime error',
    message: 'index out of range [5] with length 1',
    line: 7,
  },
  refused: { script: goProgram('fmt', '\tfmt.Println(missing)'), line: 6 },
  recursion:
    'package main\n\nfunc deep(n int) int {\n\treturn deep(n+1) + 1\n}\n\nfunc main() {\n\tprintln(deep(0))\n}\n',
  endless: goProgram('os', '\tfor len(os.Args) > 0 {\n\t}'),
  greedy: goProgram(
    'fmt',
    '\tvar all [][]byte\n\tfor {\n\t\tblock := make([]byte, 1<<20)\n\t\tfor i := range block {\n\t\t\tblock[i] = 1\n\t\t}\n\t\tall = append(all, block)\n\t\tif len(all) > 1<<20 {\n\t\t\tfmt.Println(len(all))\n\t\t}\n\t}',
  ),
  bomb: goProgram(
    'fmt os/exec',
    '\tlived, refused := 0, 0\n\tfor i := 0; i < 200; i++ {\n\t\tcommand := exec.Command("/bin/sh", "-c", "read line")\n\t\tcommand.StdinPipe()\n\t\tif command.Start() == nil {\n\t\t\tlived++\n\t\t} else {\n\t\t\trefused++\n\t\t}\n\t}\n\tfmt.Printf("{\\"lived\\": %d, \\"refused\\": %d}\\n", lived, refused)',
  ),
  network: goProgram(
    'fmt net',
    '\tfor _, address := range []string{"192.0.2.1:80", "127.0.0.1:22"} {\n\t\tif _, err := net.Dial("tcp", address); err != nil {\n\t\t\tfmt.Println("ok")\n\t\t}\n\t}',
  ),
  connect: goProgram(
    'bufio fmt net os strings',
    `\tsocket, err := net.Dial("tcp", net.JoinHostPort(os.Args[1], os.Args[2]))
\tif err != nil {
\t\tfmt.Println("no")
\t\treturn
\t}
\tfmt.Fprint(socket, "GET / HTTP/1.0\\r\\n\\r\\n")
\tline, _ := bufio.NewReader(socket).ReadString('\\n')
\tfmt.Println(strings.TrimSpace(line))`,
  ),
  fetch: goProgram(
    'fmt io net/http os',
    `\tanswer, err := http.Get(os.Args[1])
\tif err != nil {
\t\tfmt.Println("no")
\t\treturn
\t}
\tbody, _ := io.ReadAll(answer.Body)
\tfmt.Println(string(body))`,
  ),
  root: goProgram(
    'fmt os',
    '\tfor _, file := range []string{"/usr/more", "/opt/brig/more"} {\n\t\tif os.WriteFile(file, []byte("x"), 0o644) != nil {\n\t\t\tfmt.Println("ok")\n\t\t}\n\t}',
  ),
};

const rustProgram = (body: string): string => `fn main() {\n${body}\n}\n`;

const rust: RuntimeScripts = {
  hello: rustProgram('    println!("hello");'),
  stdin: rustProgram(
    '    let text = std::io::read_to_string(std::io::stdin()).unwrap();\n    print!("{}", text.to_uppercase());',
  ),
  args: rustProgram('    for argument in std::env::args().skip(1) {\n        println!("{argument}");\n    }'),
  env: rustProgram('    println!("{}", std::env::var("GREETING").unwrap());'),
  exit: rustProgram('    std::process::exit(3);'),
  signal: { script: rustProgram('    std::process::abort();'), number: 6 },
  uncaught: {
    script: rustProgram(
      '    let values = vec![1];\n    println!("{}", values[std::env::args().count() + 4]);',
    ),
    type: 'panic',
    message: 'index out of bounds: the len is 1 but the index is 5',
    line: 3,
  },
  refused: { script: rustProgram('    println!("{}", missing);'), line: 2 },
  recursion:
    'fn deep(n: u64) -> u64 {\n    let all = std::hint::black_box([n; 64]);\n    deep(n + 1) + all[1]\n}\nfn main() {\n    println!("{}", deep(0));\n}\n',
  endless: rustProgram('    while std::env::args().count() > 0 {}'),
  greedy: rustProgram(
    '    let mut all = Vec::new();\n    while all.len() < 1 << 30 {\n        all.push(vec![all.len() as u8 | 1; 1 << 20]);\n    }\n    println!("{}", all.len());',
  ),
  bomb: `use std::process::{Command, Stdio};
fn main() {
    let (mut children, mut refused) = (Vec::new(), 0);
    for _ in 0..200 {
        match Command::new("/bin/sh").args(["-c", "read line"]).stdin(Stdio::piped()).spawn() {
            Ok(child) => children.push(child),
            Err(_) => refused += 1,
        }
    }
    println!("{{\\"lived\\": {}, \\"refused\\": {}}}", children.len(), refused);
}
`,
  network: rustProgram(
    '    for address in ["192.0.2.1:80", "127.0.0.1:22"] {\n        if std::net::TcpStream::connect(address).is_err() {\n            println!("ok");\n        }\n    }',
  ),
  connect: `use std::io::{BufRead, BufReader, Write};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    match std::net::TcpStream::connect(format!("{}:{}", args[1], args[2])) {
        Ok(mut socket) => {
            socket.write_all(b"GET / HTTP/1.0\\r\\n\\r\\n").unwrap();
            let mut line = String::new();
            BufReader::new(socket).read_line(&mut line).unwrap();
            println!("{}", line.trim());
        }
        Err(_) => println!("no"),
    }
}
`,
  // The standard library has no client of HTTP.
  fetch: `use std::io::{Read, Write};
fn main() {
    let proxy = std::env::var("HTTP_PROXY").unwrap().replace("http://", "");
    let url = std::env::args().nth(1).unwrap();
    let mut socket = std::net::TcpStream::connect(proxy).unwrap();
    write!(socket, "GET {url} HTTP/1.0\\r\\n\\r\\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    println!("{}", answer.split("\\r\\n\\r\\n").nth(1).unwrap_or("no"));
}
`,
  root: rustProgram(
    '    for file in ["/usr/more", "/opt/brig/more"] {\n        if std::fs::write(file, "x").is_err() {\n            println!("ok");\n        }\n    }',
  ),
};

export const runtimeScripts: Readonly<Record<ProgramRuntime, RuntimeScripts>> = { node, deno, bun, go, rust };
