console.log('before');
throw new TypeError('from bun');
