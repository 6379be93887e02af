const http = require('node:http');
const net = require('node:net');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { execFileSync, spawn, fork } = require('node:child_process');

async function main() {
  const server = http.createServer((request, response) => response.end(`asked ${request.url}`));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  console.log(await (await fetch(`http://127.0.0.1:${server.address().port}/x`)).text());
  server.close();
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(6 * 7)', { eval: true });
  console.log(await new Promise((resolve) => worker.once('message', resolve)));
  console.log(execFileSync(process.execPath, ['-p', '1 + 1']).toString());
  const child = spawn('sh', ['-c', 'exit 3']);
  console.log(await new Promise((resolve) => child.once('exit', (...all) => resolve(all))));
  const killed = spawn('sh', ['-c', 'echo up; while :; do :; done']);
  await new Promise((resolve) => killed.stdout.once('data', resolve));
  killed.kill('SIGTERM');
  console.log(await new Promise((resolve) => killed.once('exit', (...all) => resolve(all))));
  const path = net.createServer((socket) => socket.end('unix')).listen('socket');
  const texts = [];
  await new Promise((resolve) => net.connect('socket').on('data', (data) => texts.push(`${data}`)).on('close', resolve));
  path.close();
  console.log(texts, isMainThread, parentPort);
}
main();
