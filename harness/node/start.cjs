'use strict';
// Prepares Node for the script, and is loaded before it by --require: what runs main.js is Node itself, so no frame of
// this file is below the script's. A script that is TypeScript and not JavaScript gets that extension, so that Node
// strips its types. The parsers decide; a script that is neither is left for V8 to refuse.
// Needs --experimental-vm-modules, for parsing a module without running it.
//
// With BRIG_JOB_FD, it was started ahead: it waits for a job on that descriptor, JSON with `arguments` and `variables`.
// The script is in its place when the job arrives.
const { closeSync, readFileSync, renameSync } = require('node:fs');
const Module = require('node:module');
const os = require('node:os');
const { Script, SourceTextModule } = require('node:vm');

delete require.cache[__filename];
describeMachine();
// Processes that the script forks are given these options.
process.execArgv.splice(process.execArgv.indexOf('--require'), 2);
// Threads of the script load this file, too. Node disables this function in them; to load node:worker_threads for its
// `isMainThread` would cost every start a millisecond.
if (process.chdir.disabled !== true) prepareScript();

function prepareScript() {
  if (process.env.BRIG_JOB_FD !== undefined) waitForJob();
  const file = process.argv[1];
  const source = readFileSync(file, 'utf8');
  if (isCommonJs(source) || isModule(source) || !isTypeScript(source)) return;
  process.argv[1] = file.replace(/\.js$/, '.ts');
  renameSync(file, process.argv[1]);
  replaceMain(process.argv[1]);
}

/** Has Node run another file than the one it chose at its start: the next read of `runMain`, which is Node's own, gives a
 * bound function, because that has no frame. */
function replaceMain(file) {
  const { runMain } = Module;
  Object.defineProperty(Module, 'runMain', {
    configurable: true,
    enumerable: true,
    get() {
      Object.defineProperty(Module, 'runMain', { value: runMain, writable: true });
      return runMain.bind(Module, file);
    },
  });
}

function waitForJob() {
  const channel = Number(process.env.BRIG_JOB_FD);
  delete process.env.BRIG_JOB_FD;
  rehearse();
  const job = JSON.parse(readFileSync(channel, 'utf8'));
  closeSync(channel);
  Object.assign(process.env, job.variables);
  for (const argument of job.arguments) process.argv.push(argument);
}

/** Answers what Node cannot read in a jail: processors come from files of the host, interfaces over netlink. */
function describeMachine() {
  const times = { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 };
  os.cpus = () =>
    Array.from({ length: os.availableParallelism() }, () => ({
      model: 'unknown',
      speed: 0,
      times: { ...times },
    }));
  const loopback = { mac: '00:00:00:00:00:00', internal: true };
  os.networkInterfaces = () => ({
    lo: [
      { address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', ...loopback, cidr: '127.0.0.1/8' },
      ...(hasIpv6()
        ? [
            {
              address: '::1',
              netmask: Array(8).fill('ffff').join(':'),
              family: 'IPv6',
              ...loopback,
              cidr: '::1/128',
              scopeid: 0,
            },
          ]
        : []),
    ],
  });
  Module.syncBuiltinESMExports();
}

function hasIpv6() {
  try {
    return readFileSync('/proc/self/net/if_inet6', 'utf8').includes(' lo\n');
  } catch {
    return false;
  }
}

/** Loads and does once what most scripts need and what is slow the first time; standard output itself stays untouched. */
function rehearse() {
  for (const name of ['node:net', 'node:tty']) require(name);
  const { Console } = require('node:console');
  const { Writable } = require('node:stream');
  // A write that ended would leave work for later, whose frame would be below those of a module.
  new Console(new Writable({ write: () => {} })).log('%s', { text: '' });
  succeeds(() => new Script(Module.wrap('')));
}

function isCommonJs(source) {
  return succeeds(() => new Script(Module.wrap(source.replace(/^#!.*/, ''))));
}

function isModule(source) {
  return succeeds(() => new SourceTextModule(source));
}

function isTypeScript(source) {
  return succeeds(() => {
    try {
      Module.stripTypeScriptTypes(source);
    } catch (error) {
      // TypeScript beyond types, an enum for example: Node says so better than V8.
      if (error.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error;
    }
  });
}

function succeeds(action) {
  // A warning would leave work for later, whose frame would be below those of a module.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    action();
    return true;
  } catch {
    return false;
  } finally {
    process.emitWarning = emitWarning;
  }
}
