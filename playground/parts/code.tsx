import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { openEditor, type Editor, type Mark } from '../editor.ts';
import { answer, change, form, run } from '../state.ts';
import type { Answer } from '../types.ts';

/** The place and the reason of a failure, for the editor. */
function toMark(given: Answer | undefined): Mark | undefined {
  if (given === undefined || given.success || given.location === undefined) return undefined;
  const { line, column } = given.location;
  const [advice] = given.suggestions ?? [];
  return { line, column, message: [given.message ?? given.error ?? '', advice].filter(Boolean).join('\n') };
}

export function Code() {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(undefined);
  useEffect(() => {
    if (place.current === null) return;
    const opened = openEditor(
      place.current,
      (script) => change({ script }),
      () => void run(),
    );
    editor.current = opened;
    opened.show(form.value.script);
    opened.speak(form.value.runtime);
    opened.focus();
    return () => opened.destroy();
  }, []);
  useSignalEffect(() => {
    const { script } = form.value;
    editor.current?.show(script);
  });
  useSignalEffect(() => editor.current?.mark(toMark(answer.value)));
  const { runtime } = form.value;
  useEffect(() => editor.current?.speak(runtime), [runtime]);
  return <div class="code" ref={place} />;
}
