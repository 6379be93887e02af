import { expect, it } from 'vitest';
import { context, fail, failWith, makeEvidence, makeReport } from '../verdict/classify.test-support.ts';
import { moduleOf, packageOf } from './package-names.ts';

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
  ['cv2', [`${only} cv2 (package opencv-python-headless) is not there`]],
  ['sklearn.linear_model', [`${only} sklearn (package scikit-learn) is not there`]],
  ['numpy', [`${only} numpy is not there`, 'Use math, statistics and array of the standard library instead']],
  // One letter away from a module of the standard library, but intended.
  [
    'httpx',
    [
      'Scripts have no network, so httpx reaches nothing: send the data with the request, as "files", "stdin" or "args"',
      `${only} httpx is not there`,
    ],
  ],
  ['typer', [`${only} typer is not there`, 'Use argparse of the standard library instead']],
  ['psutil', [`${only} psutil is not there`]],
  [
    'left_pad',
    [
      `${only} left_pad is not there`,
      'Send the file with the request: "files": [{"path": "left_pad.py", "content": …}], if left_pad is a module of your own',
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

/** Returns suggestions for a script in `default`, which has scikit-learn and numpy. */
function suggestWithPackages(missing: object, type = 'ModuleNotFoundError'): string[] {
  const report = makeReport({ kind: 'runtime_error', type, message: '', missing });
  const homes = new Map([
    ['sklearn', 'scikit-learn'],
    ['numpy', 'numpy'],
  ]);
  const { suggestions } = fail(makeEvidence({ report }), {
    hasPackages: true,
    findModule: (module) => {
      const name = homes.get(module);
      return name === undefined
        ? undefined
        : { environment: context.environment, package: name, version: '1' };
    },
  });
  return suggestions.slice(0, -1);
}

it('a module that a package does not have: the package is not called missing', () => {
  const missing = { what: 'module', name: 'sklearn.liner_model', of: 'sklearn' };
  const own = ['linear_model', 'svm'];
  expect(suggestWithPackages({ ...missing, candidates: own })).toEqual([
    'Did you mean `import sklearn.linear_model`?',
    'Look up the module\'s name: sklearn is there, and has no module "liner_model"',
  ]);
  expect(
    suggestWithPackages({ ...missing, name: 'sklearn.svm.zzz', of: 'sklearn.svm', candidates: [] }),
  ).toEqual(['Look up the module\'s name: sklearn.svm is there, and has no module "zzz"']);
});

it('a package that is imported by its own name, not by that of its module', () => {
  expect(suggestWithPackages({ what: 'module', name: 'scikit_learn', candidates: ['sklearn'] })).toEqual([
    'Write `import sklearn`: the package scikit-learn is imported by this name',
  ]);
  expect(suggestWithPackages({ what: 'module', name: 'beautifulsoup4', candidates: [] })).toEqual([
    'Write `import bs4`: the package beautifulsoup4 is imported by this name',
    'The environment "default" does not have bs4 (package beautifulsoup4); its operator can add it',
  ]);
});

const missing = (name: string, changes: Parameters<typeof fail>[1]): string[] => {
  const module = { what: 'module', name, candidates };
  const report = makeReport({
    kind: 'runtime_error',
    type: 'ModuleNotFoundError',
    message: '',
    missing: module,
  });
  return fail(makeEvidence({ report }), changes).suggestions.slice(0, -1);
};

it('a package where callers may build: how to build an environment with it', () => {
  expect(missing('flask', { canBuild: true })).toContain(
    'The environment "default" does not have flask: POST /environments with {"name": "with-flask", "packages": ["flask"]} builds one that has, then send "environment": "with-flask"',
  );
  expect(missing('PIL', { canBuild: true }).join()).toContain('"packages": ["Pillow"]');
  // One letter away from a module that exists: the name may be somebody else's.
  expect(missing('jsn', { canBuild: true }).join()).not.toContain('POST');
});

it('a module that the caller has and did not send', () => {
  expect(missing('utils', {})).toEqual([
    'Send the file with the request: "files": [{"path": "utils.py", "content": …}], if utils is a module of your own',
  ]);
  expect(missing('utils', { givenFiles: ['lib/utils.py'] })).toEqual([
    'Write `from lib import utils`: "lib/utils.py" came with the request',
  ]);
  const module = { what: 'module', name: 'utils', candidates: ['util'] };
  const report = makeReport({ kind: 'runtime_error', type: 'ImportError', message: '', missing: module });
  const { suggestions } = fail(makeEvidence({ report }), { givenFiles: ['util.py'] });
  expect(suggestions[0]).toBe('Did you mean `import util`?');
});

it('a misspelt module of a package that is there', () => {
  const [first] = suggestWithPackages({ what: 'module', name: 'nunpy', candidates: ['numbers', 'numpy'] });
  expect(first).toBe('Did you mean `import numpy`?');
});

it('a module that the environment has, and the script does not find', () => {
  expect(suggestWithPackages({ what: 'module', name: 'numpy', candidates: [] })).toEqual([
    'Leave sys.path as it is: the environment "default" has numpy',
  ]);
});

it.each([
  ['np', ['Add `import numpy as np`']],
  [
    'pd',
    ['Add `import pandas as pd`', 'The environment "default" does not have pandas; its operator can add it'],
  ],
])(
  'a name of a package that is not imported, %s: it is called missing only where it is',
  (name, expected) => {
    expect(suggestWithPackages({ what: 'name', name, candidates: ['id', 'print'] }, 'NameError')).toEqual(
      expected,
    );
  },
);

it.each([
  ['pillow', 'PIL'],
  ['Pillow', 'PIL'],
  ['opencv_python', 'cv2'],
  ['opencv_python_headless', 'cv2'],
  ['sklearn', undefined],
  ['attrs', undefined],
  ['pymongo', undefined],
  ['pymysql', undefined],
  ['constructor', undefined],
])('who imports %s means %s', (name, module) => {
  expect(moduleOf(name)).toBe(module);
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
