import { emptyForm, type Form } from './request.ts';

/** Fields that a link carries. Limits, files and the key stay with their owner. */
const carried = ['script', 'runtime', 'mode', 'functionName', 'args', 'stdin', 'environment'] as const;
/** Characters of a fragment, and of the text that it unpacks to: a link from a stranger is foreign text. */
const [MAX_FRAGMENT, MAX_TEXT] = [200_000, 1_500_000];

/** Returns a fragment that carries a form: `#s=` and its JSON, deflated, in base64url. */
export async function toFragment(form: Form): Promise<string> {
  const kept = Object.fromEntries(carried.flatMap((name) => (form[name] === '' ? [] : [[name, form[name]]])));
  const packed = await pipe(new TextEncoder().encode(JSON.stringify(kept)), new CompressionStream('deflate'));
  let text = '';
  for (const byte of packed) text += String.fromCharCode(byte);
  return `#s=${btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Returns the form in a fragment; undefined when there is none, or none that can be read. */
export async function fromFragment(fragment: string): Promise<Form | undefined> {
  if (!fragment.startsWith('#s=') || fragment.length > MAX_FRAGMENT) return undefined;
  try {
    const text = atob(fragment.slice(3).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const json = new TextDecoder().decode(await pipe(bytes, new DecompressionStream('deflate')));
    return readForm(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function readForm(value: unknown): Form | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const read: Record<string, string> = {};
  for (const name of carried) {
    const field = given[name];
    if (typeof field === 'string') read[name] = field;
  }
  const form = { ...emptyForm, ...read };
  return ['', 'function', 'script'].includes(form.mode) ? form : { ...form, mode: '' };
}

async function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of new Blob([bytes]).stream().pipeThrough(through)) {
    size += chunk.length;
    // A few bytes can unpack to gigabytes.
    if (size > MAX_TEXT) throw new Error('The link is too long.');
    chunks.push(chunk);
  }
  const all = new Uint8Array(size);
  let place = 0;
  for (const chunk of chunks) {
    all.set(chunk, place);
    place += chunk.length;
  }
  return all;
}
