/** Modules whose package has another name. */
const packages: Readonly<Record<string, string>> = {
  // The package opencv-python needs libraries for a screen, which jails do not have.
  cv2: 'opencv-python-headless',
  PIL: 'Pillow',
  yaml: 'PyYAML',
  sklearn: 'scikit-learn',
  skimage: 'scikit-image',
  bs4: 'beautifulsoup4',
  dateutil: 'python-dateutil',
  dotenv: 'python-dotenv',
  Crypto: 'pycryptodome',
  Cryptodome: 'pycryptodomex',
  nacl: 'PyNaCl',
  OpenSSL: 'pyOpenSSL',
  jwt: 'PyJWT',
  jose: 'python-jose',
  serial: 'pyserial',
  usb: 'pyusb',
  smbus: 'smbus2',
  docx: 'python-docx',
  pptx: 'python-pptx',
  fitz: 'PyMuPDF',
  pdfminer: 'pdfminer.six',
  magic: 'python-magic',
  slugify: 'python-slugify',
  Levenshtein: 'python-Levenshtein',
  MySQLdb: 'mysqlclient',
  mysql: 'mysql-connector-python',
  psycopg2: 'psycopg2-binary',
  pymysql: 'PyMySQL',
  ldap: 'python-ldap',
  bson: 'pymongo',
  gridfs: 'pymongo',
  git: 'GitPython',
  github: 'PyGithub',
  gitlab: 'python-gitlab',
  telegram: 'python-telegram-bot',
  discord: 'discord.py',
  slack: 'slackclient',
  googleapiclient: 'google-api-python-client',
  kafka: 'kafka-python',
  zmq: 'pyzmq',
  nmap: 'python-nmap',
  dns: 'dnspython',
  socks: 'PySocks',
  websocket: 'websocket-client',
  engineio: 'python-engineio',
  socketio: 'python-socketio',
  multipart: 'python-multipart',
  rest_framework: 'djangorestframework',
  environ: 'django-environ',
  flask_cors: 'Flask-Cors',
  flask_sqlalchemy: 'Flask-SQLAlchemy',
  attr: 'attrs',
  pkg_resources: 'setuptools',
  ruamel: 'ruamel.yaml',
  markdown: 'Markdown',
  jinja2: 'Jinja2',
  wx: 'wxPython',
  gi: 'PyGObject',
  OpenGL: 'PyOpenGL',
  Xlib: 'python-xlib',
  Bio: 'biopython',
  igraph: 'python-igraph',
  community: 'python-louvain',
  osgeo: 'GDAL',
  shapefile: 'pyshp',
  ffmpeg: 'ffmpeg-python',
  speech_recognition: 'SpeechRecognition',
  barcode: 'python-barcode',
  tabula: 'tabula-py',
  umap: 'umap-learn',
  faiss: 'faiss-cpu',
  sentence_transformers: 'sentence-transformers',
  dash_bootstrap_components: 'dash-bootstrap-components',
  lzo: 'python-lzo',
  snappy: 'python-snappy',
};

/** Packages whose own names resemble misspelt modules of the standard library. */
const likeStandardOnes = new Set([
  ...[
    'httpx',
    'ujson',
    'orjson',
    'simplejson',
    'json5',
    'jsonlib',
    'typer',
    'trio',
    'toolz',
    'dill',
    'psutil',
  ],
  ...['attrs', 'arrow', 'toml', 'tomli', 'tomlkit', 'six', 'mock', 'rich', 'click', 'regex', 're2', 'pytz'],
  ...[
    'numpy',
    'scipy',
    'pandas',
    'polars',
    'sympy',
    'torch',
    'flask',
    'django',
    'redis',
    'requests',
    'aiohttp',
  ],
  ...[
    'anyio',
    'curio',
    'uvloop',
    'gmpy2',
    'lxml',
    'xlrd',
    'boto3',
    'tqdm',
    'pytest',
    'joblib',
    'shap',
    'numba',
  ],
  ...[
    'urllib3',
    'httplib2',
    'pathlib2',
    'pathos',
    'dataset',
    'emoji',
    'statsmodels',
    'colour',
    'sh',
    'plumbum',
  ],
]);

/** Modules of the standard library that do much of what a package does. */
const alternatives: Readonly<Record<string, string>> = {
  numpy: 'math, statistics and array',
  scipy: 'math and statistics',
  sympy: 'fractions and math',
  pandas: 'csv, statistics and sqlite3',
  polars: 'csv, statistics and sqlite3',
  yaml: 'json or configparser',
  ruamel: 'json or configparser',
  toml: 'tomllib',
  tomli: 'tomllib',
  dateutil: 'datetime',
  arrow: 'datetime',
  pendulum: 'datetime',
  pytz: 'zoneinfo',
  simplejson: 'json',
  ujson: 'json',
  orjson: 'json',
  json5: 'json',
  attr: 'dataclasses',
  attrs: 'dataclasses',
  pydantic: 'dataclasses',
  bs4: 'html.parser',
  lxml: 'xml.etree.ElementTree',
  regex: 're',
  mock: 'unittest.mock',
  pytest: 'unittest',
  click: 'argparse',
  typer: 'argparse',
  networkx: 'collections and graphlib',
  openpyxl: 'csv',
  docx: 'zipfile and xml.etree.ElementTree',
  Levenshtein: 'difflib',
  pathlib2: 'pathlib',
  joblib: 'concurrent.futures',
  Crypto: 'hashlib, hmac and secrets',
  jwt: 'hmac, base64 and json',
  tabulate: 'str.format',
  prettytable: 'str.format',
};

/** Returns the package that brings a module: the same name, unless it is known to differ. */
export function packageOf(module: string): string {
  return lookUp(packages, module) ?? module;
}

/** Normalises the name of a package for comparison, with underscores, so that it can follow `import`. */
const toIdentifier = (name: string): string => name.toLowerCase().replaceAll(/[-.]/g, '_');

/** Packages that also bring a module of their own name. */
const bringTheirName = new Set(['attrs', 'pymongo', 'setuptools', 'smbus2', 'ruamel_yaml']);

/** Modules by the name of their package, for imports by that name: `scikit_learn`, `beautifulsoup4`. */
const modules: ReadonlyMap<string, string> = new Map(
  [...Object.entries(packages), ['cv2', 'opencv-python'] as const]
    .map(([module, name]) => [toIdentifier(name), module] as const)
    .filter(([name, module]) => name !== module && !bringTheirName.has(name)),
);

/** Returns the module of a package that is imported by the package's name. */
export const moduleOf = (name: string): string | undefined => {
  const module = modules.get(toIdentifier(name));
  return module === name ? undefined : module;
};

/** Whether a module belongs to a known package, so that its name is no typing error. */
export function isKnownPackage(module: string): boolean {
  return (
    likeStandardOnes.has(module) || Object.hasOwn(packages, module) || Object.hasOwn(alternatives, module)
  );
}

/** Returns the alternative of the standard library to a package's module, if there is one. */
export function standardAlternative(module: string): string | undefined {
  return lookUp(alternatives, module);
}

const lookUp = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
