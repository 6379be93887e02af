import type { RuntimeName } from '../src/core/contract/runtimes.ts';

/** Subjects of attacks, in the order of the report and of the matrix. */
export const groups = {
  syscalls: 'System calls and their commands that a filter denies',
  filesystem: 'Files of the host, the root, mounts',
  network: 'Ways out over the network',
  processes: 'Other processes, and more processes than allowed',
  identity: 'Users, capabilities, privileges',
  memory: 'More memory than allowed',
  'kernel memory': 'Memory of the kernel that a script makes it hold',
  cpu: 'More processor than allowed',
  deadline: 'Living longer than allowed',
  disk: 'More disk, files and output than allowed',
  forging: "Forged words on the harness's channel",
  information: 'What a script learns about the host',
  leaks: 'What one script leaves for the next',
  requests: 'Requests that are wrong',
  door: 'The HTTP door itself',
  fairness: 'Holding up the neighbours',
} as const;
export type Group = keyof typeof groups;
export const groupNames = Object.keys(groups) as Group[];

/** Requirement on the service without which an attack has no verdict. */
export const needs = {
  cgroup: 'without a cgroup memory, processes and CPU time are bounded for each process alone',
  'same host': 'the service runs on another machine: what the attack goes for is not there anyway',
} as const;
export type Need = keyof typeof needs;

/** The body of a request for an execution, as it is sent; strings are sent as they are. */
export type RequestBody = Readonly<Record<string, unknown>> | string;

/** The members of an answer that attacks look at. */
export interface AnswerBody {
  readonly success?: boolean;
  readonly result?: unknown;
  readonly error?: string;
  readonly error_type?: string;
  readonly message?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly return_code?: number | null;
  readonly traceback?: string;
  readonly execution?: {
    readonly duration_ms: number;
    readonly cpu_ms: number;
    readonly memory_peak_bytes: number;
    readonly enforcement: Readonly<Record<string, string>>;
  } | null;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: AnswerBody;
}

/** Things on the host that no script may reach, placed there for it to try. */
export interface Aims {
  readonly tcpPort: number;
  readonly udpPort: number;
  /** Abstract name of a unix socket, without the leading NUL. */
  readonly abstractName: string;
  /** A folder that everybody may write to, with a file `secret` in it that everybody may read and write. */
  readonly folder: string;
  /** Process id of the owner. */
  readonly pid: number;
  /** Descriptions of everything that reached them so far. */
  readonly reached: readonly string[];
}

/** Fault of an answer, in words; undefined if a safe service may answer so. */
export type Complaint = string | undefined;

interface AttackBase {
  readonly title: string;
  readonly needs?: readonly Need[];
  /** It goes for addresses outside: where a jail has the host's network, it would get there. */
  readonly leavesMachine?: boolean;
}

/** A request for an execution, and what a safe service answers to it. */
export interface ScriptAttack extends AttackBase {
  readonly kind: 'script';
  readonly runtime: RuntimeName;
  readonly request: (aims: Aims) => RequestBody;
  readonly judge: (answer: Answer) => Complaint;
}

/** Executions that belong together: at the same time, or one after the other. */
export interface StagedAttack extends AttackBase {
  readonly kind: 'staged';
  readonly runtime: RuntimeName;
  readonly play: (execute: (body: RequestBody) => Promise<Answer>, aims: Aims) => Promise<Complaint>;
}

/** An attack on the HTTP door, by whatever bytes. */
export interface DoorAttack extends AttackBase {
  readonly kind: 'door';
  readonly play: (door: Door) => Promise<Complaint>;
}

export type Attack = ScriptAttack | StagedAttack | DoorAttack;

/** A response as the door gave it; no HTTP client's idea of it. */
export interface RawResponse {
  readonly status: number;
  /** Head and body. */
  readonly text: string;
}

export interface Door {
  readonly url: URL;
  /** Headers that make a request one of the caller's: the API key. */
  readonly credentials: Readonly<Record<string, string>>;
  /** A request with a client that sends what it is told. Without `credentials: false` it carries the key. */
  send(request: {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
    readonly withoutKey?: boolean;
  }): Promise<RawResponse>;
  /** Bytes on a connection of their own, and what comes back until it is closed or a few seconds are over. */
  sendBytes(bytes: string | Uint8Array): Promise<RawResponse>;
  execute(body: RequestBody): Promise<Answer>;
}
