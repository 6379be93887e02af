const [who = 'nobody']: string[] = process.argv.slice(2);
process.stdout.write(`hello ${who}\n`);
