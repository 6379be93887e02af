import { expect, it } from 'vitest';
import { failWith } from '../verdict/classify.test-support.ts';
import { packageOf } from './package-names.ts';

const candidates = [
  'json',
  'os',
  'sys',
  'http',
  'shutil',
  'types',
  'math',
  'datetime',
  'xml',
  '_json',
  'numbers',
];
const only = 'The environment "default" has the standard library only, so';

it.each([
  ['jsn', ['Did you mean `import json`?', `${only} jsn is not there`]],
  ['Math', ['Did you mean `import math`?']],
  [
    'yaml',
    [
      `${only} yaml (package PyYAML) is not there`,
      'Use json or configparser of the standard library instead',
    ],
  ],
  ['cv2', [`${only} cv2 (package opencv-python) is not there`]],
  ['sklearn.linear_model', [`${only} sklearn (package scikit-learn) is not there`]],
  ['numpy', [`${only} numpy is not there`, 'Use math, statistics and array of the standard library instead']],
  // One letter away from a module of the standard library, and still meant.
  ['httpx', [`${only} httpx is not there`]],
  ['typer', [`${only} typer is not there`, 'Use argparse of the standard library instead']],
  ['psutil', [`${only} psutil is not there`]],
  [
    'left_pad',
    [
      `${only} left_pad is not there`,
      'Use the standard library instead, or put the code that is needed into the script',
    ],
  ],
  ['urllib2', ['Use urllib.request instead: this Python has no urllib2']],
  ['distutils.core', ['Use sysconfig or shutil instead: this Python has no distutils']],
  ['xml.tree', ['Look up the module\'s name: xml is there, and has no module "tree"']],
])('a missing module: %s', (name, expected) => {
  const { suggestions } = failWith({
    type: 'ModuleNotFoundError',
    missing: { what: 'module', name, candidates },
  });
  expect(suggestions.slice(0, expected.length)).toEqual(expected);
});

it.each([
  ['PIL', 'Pillow'],
  ['sklearn', 'scikit-learn'],
  ['bs4', 'beautifulsoup4'],
  ['dateutil', 'python-dateutil'],
  ['dotenv', 'python-dotenv'],
  ['Crypto', 'pycryptodome'],
  ['serial', 'pyserial'],
  ['requests', 'requests'],
  ['constructor', 'constructor'],
])('the package of %s is %s', (module, name) => {
  expect(packageOf(module)).toBe(name);
});
