import type { RuntimeName } from '../../core/contract/runtimes.ts';

/** An image as quartermaster-code-runner lists it. */
export interface Image {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly default_entrypoint: string;
  readonly file_extension: string;
  readonly main_file: string;
}

const PREFIX = 'code-runner-';

/** Runtimes as images of that system. */
const images: Readonly<Record<RuntimeName, Omit<Image, 'id'>>> = {
  python: {
    name: 'Python',
    description: 'Python with the packages of the default environment',
    default_entrypoint: 'python main.py',
    file_extension: '.py',
    main_file: 'main.py',
  },
  node: {
    name: 'Node.js',
    description: 'Node.js: JavaScript, and TypeScript by leaving out its types',
    default_entrypoint: 'node main.js',
    file_extension: '.js',
    main_file: 'main.js',
  },
  bun: {
    name: 'Bun',
    description: 'Bun: JavaScript and TypeScript',
    default_entrypoint: 'bun run main.ts',
    file_extension: '.ts',
    main_file: 'main.ts',
  },
  deno: {
    name: 'Deno',
    description: 'Deno: JavaScript and TypeScript',
    default_entrypoint: 'deno run --allow-all main.ts',
    file_extension: '.ts',
    main_file: 'main.ts',
  },
  go: {
    name: 'Go',
    description: 'Go with its standard library',
    default_entrypoint: 'go run main.go',
    file_extension: '.go',
    main_file: 'main.go',
  },
  rust: {
    name: 'Rust',
    description: 'Rust with its standard library',
    default_entrypoint: 'cargo run --release -q',
    file_extension: '.rs',
    main_file: 'src/main.rs',
  },
};

export const DEFAULT_IMAGE = 'python';

export const imageOf = (runtime: RuntimeName): Image => ({ id: idOf(runtime), ...images[runtime] });

export const idOf = (runtime: RuntimeName): string => `${PREFIX}${runtime}`;

/** Returns the runtime of an image by its name, `python` or `code-runner-python`; undefined for any other. */
export function runtimeOfImage(image: string): RuntimeName | undefined {
  const name = image.startsWith(PREFIX) ? image.slice(PREFIX.length) : image;
  return Object.hasOwn(images, name) ? (name as RuntimeName) : undefined;
}
