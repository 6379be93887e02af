console.log('before');
setTimeout(() => console.log('after'), 2000);
process.kill(process.pid, 'SIGTERM');
