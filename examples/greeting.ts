const [name = 'nobody']: string[] = process.argv.slice(2);
process.stdout.write(`hello ${name}\n`);
