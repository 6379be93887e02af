process.exitCode = 4;
process.on('beforeExit', () => console.log('before exit'));
console.log('end');
