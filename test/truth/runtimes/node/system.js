const os = require('node:os');
console.log(os.platform(), os.arch(), os.totalmem() > 0, os.freemem() > 0, os.cpus().length > 0, os.uptime() > 0);
try { console.log(Object.keys(os.networkInterfaces()).includes('lo')); } catch (error) { console.log(error.code ?? error.name); }
try { console.log(os.userInfo().username.length > 0, os.hostname().length > 0); } catch (error) { console.log(error.code); }
console.log(process.memoryUsage().rss > 0, process.cpuUsage().user >= 0, os.loadavg().length, process.pid > 1);
console.log(new Error('stack').stack.split('\n').length, require.main === module, __filename.endsWith('main.js'));
