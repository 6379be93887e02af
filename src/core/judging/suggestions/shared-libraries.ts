import type { ErrorReport } from '../../contract/harness-report.ts';

type Words = Pick<Extract<ErrorReport, { kind: 'runtime_error' }>, 'type' | 'message' | 'traceback'>;

/** UTF-16 units read of a message and of a traceback's end. */
const MOST_TEXT = 4000;

/** Messages of the loader, of cffi, and of packages that search themselves; the library is a group. */
const messages: readonly RegExp[] = [
  /(?<![\w+.-])(lib[\w+.-]{1,60}): cannot open shared object file/,
  /cannot load library '([\w+./-]{1,60})'/,
  /no library called "([\w+.-]{1,60})" was found/,
  /(?:Unable|failed) to find (libmagic|zbar)\b/,
  /\b(PortAudio|MagickWand) (?:shared )?library not found/,
];
const newerLibrary = /version `((?:GLIBC|GLIBCXX|CXXABI)_[\d.]{1,12})' not found/;

interface KnownLibrary {
  readonly library: RegExp;
  /** Text that has to name the package; any where it is undefined. */
  readonly subject?: RegExp;
  /** Package that needs the library, and one for the same purpose that does not. */
  readonly instead?: readonly [needs: string, instead: string];
  readonly advice?: string;
}

const forScreens = /^lib(?:GLX?|GLU|EGL|OpenGL|X11|Xext|Xrender|xcb|SM|ICE|gthread-2|glib-2|gtk-3|wayland)\b/;

/** The first that fits counts. */
const knownLibraries: readonly KnownLibrary[] = [
  {
    library: forScreens,
    subject: /\bopencv-contrib-python\b/,
    instead: ['opencv-contrib-python', 'opencv-contrib-python-headless'],
  },
  {
    library: forScreens,
    subject: /\b(?:cv2|opencv)\b/,
    instead: ['opencv-python', 'opencv-python-headless'],
  },
  {
    library: forScreens,
    advice: 'it is for a screen; take a build without one (of OpenCV: opencv-python-headless)',
  },
  {
    library: /^lib(?:cuda|cudart|cublas|cudnn|nvidia|nccl|nvrtc)\b/,
    advice: 'it is for graphics processors; take a build of the package for CPUs',
  },
  { library: /^libpq\b/, instead: ['psycopg2', 'psycopg2-binary'] },
  { library: /vips/, instead: ['pyvips', 'pyvips-binary'] },
  { library: /^libmagic\b/, instead: ['python-magic', 'puremagic'] },
  { library: /zbar/, instead: ['pyzbar', 'zxing-cpp'] },
  { library: /^(?:lib)?MagickWand/, instead: ['Wand', 'Pillow'] },
  { library: /gobject|pango/, instead: ['WeasyPrint', 'fpdf2'] },
  { library: /portaudio|asound|pulse/i, advice: 'nor a sound device' },
  {
    library: /^lib(?:gomp|stdc\+\+|atomic|quadmath)\b/,
    advice: 'its operator can install it on the host (libgomp.so.1 on Debian: libgomp1)',
  },
];

/**
 * Tells which shared library a package lacks, and what to take instead; empty for other errors. `subject` is a text
 * that names the package or its module: the failed line of a script, or the package of a build.
 */
export function describeMissingLibrary(message: string, subject: string): string[] {
  const text = message.slice(0, MOST_TEXT);
  const version = newerLibrary.exec(text)?.[1];
  if (version !== undefined) {
    return [`The package is made for a newer Linux than this host (${version}): take an older version of it`];
  }
  const library = messages.flatMap((pattern) => pattern.exec(text)?.[1] ?? [])[0];
  if (library === undefined) return [];
  const known = knownLibraries.find(
    (one) => one.library.test(library) && one.subject?.test(subject) !== false,
  );
  if (known?.instead !== undefined) {
    const [needs, instead] = known.instead;
    return [`${needs} needs a system library (${library}) that jails do not have; ${instead} does not`];
  }
  const advice = known?.advice ?? 'take a package whose wheel brings it';
  return [`A package needs a system library (${library}) that jails do not have: ${advice}`];
}

/** Returns suggestions for an import that failed because of a shared library. */
export function suggestForSharedLibrary({ type, message, traceback = '' }: Words): string[] {
  return /^(?:ImportError|OSError|RuntimeError)$/.test(type)
    ? describeMissingLibrary(message, traceback.slice(-MOST_TEXT))
    : [];
}
