import { useEffect, useRef } from 'preact/hooks';
import { key, setKey, wantsKey } from '../state.ts';

/** Asks for the key of a service that wants one. It stays in this tab. */
export function KeyDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const wanted = wantsKey.value;
  useEffect(() => {
    if (wanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [wanted]);
  return (
    <dialog
      ref={dialog}
      aria-label="API key"
      // Escape. An event of its end would also come after `close()`, late enough to end the next question.
      onCancel={() => (wantsKey.value = false)}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get('key');
          setKey(typeof typed === 'string' ? typed : '');
        }}
      >
        <label>
          API key of the service; it stays in this tab
          <input type="password" name="key" autocomplete="off" defaultValue={key.value} />
        </label>
        <div class="toolbar">
          <button type="submit" class="main">
            Use it
          </button>
          <button type="button" onClick={() => (wantsKey.value = false)}>
            Close
          </button>
        </div>
      </form>
    </dialog>
  );
}
