Error.stackTraceLimit = 100;
const tell = () => console.log(new Error('here').stack.replace(/\(\S*(main\.js)/g, '($1'));
tell();
setTimeout(tell, 1);
queueMicrotask(tell);
console.log(require.main === module, module.children.length, Object.keys(require.cache).length);
