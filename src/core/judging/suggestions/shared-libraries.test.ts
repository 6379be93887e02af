import { expect, it } from 'vitest';
import { describeMissingLibrary, suggestForSharedLibrary } from './shared-libraries.ts';

const lacks = (library: string): string =>
  `${library}: cannot open shared object file: No such file or directory`;

it.each([
  [
    lacks('libGL.so.1'),
    'opencv-python',
    'opencv-python needs a system library (libGL.so.1) that jails do not have; opencv-python-headless does not',
  ],
  [lacks('libxcb.so.1'), 'opencv-contrib-python', /; opencv-contrib-python-headless does not$/],
  [lacks('libglib-2.0.so.0'), '    import cv2', /; opencv-python-headless does not$/],
  [lacks('libX11.so.6'), 'import other', /^A package needs .* \(of OpenCV: opencv-python-headless\)$/],
  [
    lacks('libcudart.so.13'),
    'import torch',
    /for graphics processors; take a build of the package for CPUs$/,
  ],
  [lacks('libgomp.so.1'), 'lightgbm', /Debian: libgomp1\)$/],
  [lacks('libpq.so.5'), 'psycopg2', /; psycopg2-binary does not$/],
  [lacks('libgreen-tea.so.7'), 'tea', /\(libgreen-tea\.so\.7\) .*: take a package whose wheel brings it$/],
  [
    "cannot load library 'libsndfile.so': libsndfile.so: cannot open shared object file: No such file",
    'soundfile',
    /\(libsndfile\.so\) that jails do not have/,
  ],
  ['no library called "cairo-2" was found', 'cairosvg', /\(cairo-2\) that jails do not have/],
  ['Unable to find zbar shared library', 'pyzbar', /^pyzbar needs .*; zxing-cpp does not$/],
  ['failed to find libmagic.  Check your installation', 'magic', /; puremagic does not$/],
  ['PortAudio library not found', 'sounddevice', /nor a sound device$/],
  [
    "/lib/libm.so.6: version `GLIBC_2.38' not found (required by x.so)",
    'x',
    'The package is made for a newer Linux than this host (GLIBC_2.38): take an older version of it',
  ],
])('%s', (message, subject, says) => {
  const [advice = ''] = describeMissingLibrary(message, subject);
  if (typeof says === 'string') expect(advice).toBe(says);
  else expect(advice).toMatch(says);
});

it.each([
  ['ImportError', "cannot import name 'x' from 'y'"],
  ['OSError', 'Unable to find the file'],
  ['ValueError', lacks('libGL.so.1')],
])('leaves %s: %s to others', (type, message) => {
  expect(suggestForSharedLibrary({ type, message })).toEqual([]);
});
