for (const name of ['hostname', 'osRelease', 'systemMemoryInfo', 'networkInterfaces', 'loadavg', 'uid', 'memoryUsage'] as const) {
  try { console.log(name, Deno[name]() !== null); } catch (error) { console.log(name, (error as Error).name); }
}
console.log(Deno.build.os, Deno.pid > 0);
