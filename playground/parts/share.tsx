import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { serviceUrl } from '../api.ts';
import { toFragment } from '../link.ts';
import { FormError, toRequest } from '../request.ts';
import { snippetKinds, writeSnippet, type SnippetKind } from '../snippets.ts';
import { form, key, problem } from '../state.ts';

const kind = signal<SnippetKind>('curl');
const text = signal('');
const said = signal('');

function write(): void {
  try {
    text.value = writeSnippet(kind.value, serviceUrl, toRequest(form.value), key.value !== '');
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    text.value = error.message;
  }
}

async function copy(what: string, content: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(content);
    said.value = `${what} copied.`;
  } catch {
    // A browser may refuse it to a page without TLS; the text can be selected.
    said.value = 'The browser does not let this page copy; select the text.';
  }
}

/** The same request as a program, and a link that carries the script. */
export function Share() {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          said.value = '';
          write();
          dialog.current?.showModal();
        }}
      >
        Copy as …
      </button>
      <button
        type="button"
        onClick={() => {
          void toFragment(form.value).then((fragment) => {
            history.replaceState(null, '', fragment);
            problem.value = 'The address of this page carries the script now.';
            return copy('The link', location.href);
          });
        }}
      >
        Link
      </button>
      <dialog ref={dialog} aria-label="The same request as a program">
        <div class="toolbar">
          {snippetKinds.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="snippet"
                checked={kind.value === name}
                onChange={() => {
                  kind.value = name;
                  write();
                }}
              />
              {name}
            </label>
          ))}
        </div>
        <pre class="snippet" tabIndex={0}>
          {text}
        </pre>
        <p role="status">{said}</p>
        <div class="toolbar">
          <button type="button" class="main" onClick={() => void copy('The program', text.value)}>
            Copy
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </dialog>
    </>
  );
}
