import { findMarked } from './serve.ts';
import { readParent } from './host-state.ts';

/** All that a script can tell of its jail. What differs from jail to jail is left out. */
export const LOOK = `
import gc, glob, os, resource, signal, socket, stat, sys, threading

KEPT = ("Umask", "Tgid", "Pid", "PPid", "Uid", "Gid", "Groups", "NSsid", "Threads", "SigQ", "SigPnd", "ShdPnd", "SigBlk",
        "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")

# Nodes are on a read-only mount or not: it makes no difference to what is written to them.
NODES = {f"/dev/{name}": os.ST_RDONLY for name in ("null", "zero", "full", "random", "urandom")}

def read(path):
    with open(path) as file:
        return file.read()

def describe(path):
    found = os.lstat(path)
    sizes = os.statvfs(path)
    return [oct(found.st_mode), found.st_uid, found.st_gid, found.st_rdev, sizes.f_flag & ~NODES.get(path, 0), sizes.f_blocks * sizes.f_frsize,
            sizes.f_files if found.st_dev != os.stat("/").st_dev else 0]

def can(act):
    try:
        return act()
    except OSError as error:
        return str(error)

def main():
    status = dict(line.split(":", 1) for line in read("/proc/self/status").splitlines())
    places = ["/", *glob.glob("/*"), *glob.glob("/dev/*"), *glob.glob("/proc/[a-z]*")]
    places = [place for place in places if "self" not in place and os.path.exists(place)]
    return {
        "status": {name: status[name].split() for name in KEPT if name != "SigQ"} | {"SigQ": status["SigQ"].split("/")[0]},
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
        "places": {place: describe(place) for place in places},
        "folders": {place: sorted(os.listdir(place)) for place in ("/", "/dev", "/tmp", "/work", "/opt/brig", "/proc/self/fd")},
        "environment": dict(os.environ),
        "maps": [read("/proc/self/cgroup").count("\\n"), len(read("/proc/self/uid_map").split())],
        "names": [os.uname().nodename, os.getcwd(), socket.if_nameindex(), os.getpriority(os.PRIO_PROCESS, 0)],
        "nodes": [can(lambda: open(f"/dev/{name}", "r+b", 0).write(b"x")) for name in ("null", "zero", "full", "urandom")],
        "loopback": can(lambda: socket.create_server(("127.0.0.1", 0)).getsockname()[0]),
        "namespaces": sorted(os.listdir("/proc/self/ns")),
        "signals": [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ)],
        "above": [can(lambda: os.listdir("/proc/1/fd")), can(lambda: read("/proc/1/environ")), can(lambda: os.listdir("/proc/1/root"))],
        "interrupts": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "streams": [(one.fileno(), one.mode, one.seekable(), one.line_buffering, one.errors) for one in (sys.stdin, sys.stdout, sys.stderr)],
        "flags": [str(sys.flags), sys.argv, sys.orig_argv, sys.path, sys.dont_write_bytecode, gc.isenabled(), gc.get_threshold(), sys.getrecursionlimit()],
        "threads": [threading.active_count(), threading.stack_size(), threading.get_native_id(), os.getsid(0), os.getpgid(0)],
        "oom": read("/proc/self/oom_score_adj"),
    }
`;

/** The processes above the one with a marker, which a script started, by their places. */
const places = { init: 2, keeper: 3, nursery: 4, outer: 5 } as const;
export type JailPlace = keyof typeof places;
export const jailPlaces = Object.keys(places) as JailPlace[];

/** Returns the pids of the processes of a jail of a nursery or a template, in whose script a marked process runs. */
export function findPlaces(marker: string): Record<JailPlace, number> {
  const above: number[] = [];
  for (let pid = findMarked(marker)[0]; pid !== undefined && pid !== process.pid; pid = readParent(pid))
    above.push(pid);
  const find = (place: JailPlace): number => above[places[place]] ?? Number.NaN;
  return { init: find('init'), keeper: find('keeper'), nursery: find('nursery'), outer: find('outer') };
}
