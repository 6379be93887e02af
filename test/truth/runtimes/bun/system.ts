import os from 'node:os';
for (const name of ['totalmem', 'freemem', 'cpus', 'networkInterfaces', 'uptime', 'hostname', 'loadavg'] as const) {
  try { console.log(name, os[name]() !== undefined); } catch (error) { console.log(name, (error as Error).name); }
}
