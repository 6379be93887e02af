import { describe, expect, it } from 'vitest';
import { readNsjailLog } from './nsjail-log.ts';

describe('readNsjailLog', () => {
  it('tells an exit status of 139 from a segmentation fault', () => {
    const at = '[I][2026-01-02T03:04:05+0000]';
    expect(
      readNsjailLog(`${at} pid=7 ([STANDALONE MODE]) exited with status: 139, (PIDs left: 0)\n`).ending,
    ).toEqual({
      kind: 'exit',
      code: 139,
    });
    expect(
      readNsjailLog(`${at} pid=7 ([STANDALONE MODE]) terminated with signal: SIGSEGV (11), (PIDs left: 0)\n`)
        .ending,
    ).toEqual({ kind: 'signal', signal: 11, name: 'SIGSEGV' });
  });

  it('tells its own time limit from a SIGKILL of somebody else', () => {
    const at = '[I][2026-01-02T03:04:05+0000]';
    const killed = `${at} pid=7 ([STANDALONE MODE]) terminated with signal: SIGKILL (9), (PIDs left: 0)\n`;
    const late = `${at} pid=7 run time >= time limit (3600 >= 45) ([STANDALONE MODE]). Killing it\n`;
    expect(readNsjailLog(killed).isOverTime).toBe(false);
    expect(readNsjailLog(late + killed)).toMatchObject({ isOverTime: true, ending: { signal: 9 } });
  });

  it('takes no word from the path of a directory', () => {
    const at = '[I][2026-01-02T03:04:05+0000]';
    for (const words of [
      'run time >= time limit (9 >= 1)',
      'pid=7 (x) exited with status: 0, (PIDs left: 0)',
      'pid=7 (x) terminated with signal: SIGKILL (9), (PIDs left: 0)',
    ])
      expect(readNsjailLog(`${at} Mount: '/' -> '/a ${words}/b' flags: type:'tmpfs'\n`)).toMatchObject({
        ending: undefined,
        isOverTime: false,
      });
  });

  it('takes the word of the init process for the end of the interpreter', () => {
    const at = '[I][2026-01-02T03:04:05+0000]';
    const said = '[I][init] script ended by signal 09\n';
    const left = `${at} pid=7 ([STANDALONE MODE]) exited with status: 137, (PIDs left: 0)\n`;
    expect(readNsjailLog(said + left)).toMatchObject({ ending: { signal: 9 }, isSignalTold: true });
    expect(readNsjailLog(left)).toMatchObject({ ending: { code: 137 }, isSignalTold: false });
  });

  it('knows no signal from words that the init process could not finish', () => {
    const killed =
      '[I][2026-01-02T03:04:05+0000] pid=7 ([STANDALONE MODE]) terminated with signal: SIGKILL (9), (PIDs left: 0)\n';
    for (const cut of ['', '0'])
      expect(readNsjailLog(`[I][init] script ended by signal ${cut}\n${killed}`)).toMatchObject({
        ending: { name: 'SIGKILL' },
        isSignalTold: false,
      });
  });

  it('keeps warnings and errors, without their time and pid', () => {
    const log = [
      '[I][2026-01-02T03:04:05+0000] Mode: STANDALONE_ONCE',
      "[W][2026-01-02T03:04:05+0000][1] prepareMountPoint():75 Environment variable not set: 'BRIG_ROOT'",
      '[E][2026-01-02T03:04:05+0000][1] initCloneNs():270 Failed to build mount tree',
    ].join('\n');
    expect(readNsjailLog(log)).toEqual({
      ending: undefined,
      isSignalTold: false,
      isOverTime: false,
      complaints: [
        "prepareMountPoint():75 Environment variable not set: 'BRIG_ROOT'",
        'initCloneNs():270 Failed to build mount tree',
      ],
    });
  });
});
