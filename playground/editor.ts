import { indentWithTab } from '@codemirror/commands';
import { go } from '@codemirror/lang-go';
import { javascript } from '@codemirror/lang-javascript';
import { python } from '@codemirror/lang-python';
import { rust } from '@codemirror/lang-rust';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';

/** A place in the script and what is wrong there. */
export interface Mark {
  readonly line: number;
  readonly column: number | undefined;
  readonly message: string;
}

export interface Editor {
  show(text: string): void;
  speak(runtime: string): void;
  mark(mark: Mark | undefined): void;
  focus(): void;
  destroy(): void;
}

const languages: Readonly<Record<string, () => Extension>> = {
  python: () => [python(), indentUnit.of('    ')],
  node: () => javascript(),
  deno: () => javascript({ typescript: true }),
  bun: () => javascript({ typescript: true }),
  go: () => [go(), indentUnit.of('\t')],
  rust: () => [rust(), indentUnit.of('    ')],
};

/** Colours come from the page's custom properties, which reach into the editor's shadow root. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: 'var(--string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--number)' },
  { tag: [tags.comment, tags.docString], color: 'var(--comment)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: 'var(--name)' },
  { tag: [tags.typeName, tags.className, tags.namespace], color: 'var(--type)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--paper)', fontSize: '14px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': {
    color: 'var(--quiet)',
    backgroundColor: 'var(--paper)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--shade)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selection)',
  },
  '.cm-tooltip, .cm-panels': {
    color: 'var(--text)',
    backgroundColor: 'var(--paper)',
    borderColor: 'var(--line)',
  },
});

/**
 * Opens an editor in a shadow root of `place`: there CodeMirror adopts its styles, where in the document it would add a
 * style element, which the page's policy forbids.
 * @param onChange called with the whole text after each change. @param onRun called for Ctrl-Enter and Cmd-Enter.
 */
export function openEditor(place: HTMLElement, onChange: (text: string) => void, onRun: () => void): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const language = new Compartment();
  let isShowing = false;
  const runKey = keymap.of([
    {
      key: 'Mod-Enter',
      run: () => {
        onRun();
        return true;
      },
    },
  ]);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      extensions: [
        Prec.highest(runKey),
        basicSetup,
        // Escape, then Tab, leaves the editor.
        keymap.of([indentWithTab]),
        syntaxHighlighting(colours),
        theme,
        lintGutter(),
        language.of([]),
        EditorView.contentAttributes.of({ 'aria-label': 'Script. Escape, then Tab, leaves the editor.' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isShowing) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    show(text) {
      if (view.state.doc.toString() === text) return;
      isShowing = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      isShowing = false;
    },
    speak: (runtime) => view.dispatch({ effects: language.reconfigure(languages[runtime]?.() ?? []) }),
    mark: (mark) =>
      view.dispatch(setDiagnostics(view.state, mark === undefined ? [] : [toDiagnostic(view, mark)])),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function toDiagnostic(view: EditorView, mark: Mark) {
  const line = view.state.doc.line(Math.min(Math.max(1, mark.line), view.state.doc.lines));
  const from = Math.min(line.from + Math.max(0, (mark.column ?? 1) - 1), line.to);
  return { from, to: line.to, severity: 'error' as const, message: mark.message };
}
