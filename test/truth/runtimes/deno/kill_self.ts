console.log('before');
Deno.kill(Deno.pid, 'SIGTERM');
setTimeout(() => console.log('after'), 2000);
