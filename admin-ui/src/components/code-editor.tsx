/** The JSON editor's text area; loaded only where somebody edits. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { placeOfError } from "@/lib/json-draft";
import { NONCE } from "@/lib/nonce";

const theme = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "transparent", maxHeight: "26rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono, ui-monospace, monospace)",
    lineHeight: "1.6",
    overflow: "auto",
  },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)", minHeight: "7rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-faint)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)",
  },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection":
    {
      backgroundColor: "color-mix(in srgb, var(--accent) 26%, transparent) !important",
    },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": {
    background: "var(--raised)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    color: "var(--ink)",
  },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--bad)", backgroundImage: "none" },
  ".cm-foldPlaceholder": { background: "var(--idle-soft)", border: "none", color: "var(--ink-soft)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.number, color: "var(--busy)" },
  { tag: [tags.bool, tags.null], color: "var(--wait)" },
  { tag: tags.punctuation, color: "var(--ink-faint)" },
]);

const lint = linter(
  (view): Diagnostic[] => {
    const error = placeOfError(view.state.doc.toString());
    return error ? [{ from: error.from, to: error.to, severity: "error", message: error.message }] : [];
  },
  { delay: 250 },
);

/**
 * Typing over a selection is done here: a browser would give the new text the look of the old one in a style
 * attribute, which the page's Content-Security-Policy refuses.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== "insertText" || event.data === null || view.state.selection.main.empty)
      return false;
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

export interface CodeEditorProps {
  id?: string;
  label: string;
  value: string;
  onChange: (text: string) => void;
  describedBy?: string;
  invalid?: boolean;
  /** The cursor stands here at first; not where a keyboard would cover half of a small screen. */
  focused?: boolean;
}

export default function CodeEditor({
  id,
  label,
  value,
  onChange,
  describedBy,
  invalid,
  focused,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const first = useRef(value);
  const focusedFirst = useRef(focused);
  const changed = useRef(onChange);
  changed.current = onChange;

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          json(),
          syntaxHighlighting(colours),
          lint,
          lintGutter(),
          theme,
          typeOver,
          EditorView.cspNonce.of(NONCE),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, ...(id ? { id } : {}) }),
          // Mod-Enter belongs to the form around the editor, Tab to whoever walks through it.
          keymap.of([
            ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
            ...historyKeymap,
            ...foldKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    if (focusedFirst.current && matchMedia("(min-width: 48rem)").matches) editor.focus();
    return () => editor.destroy();
  }, [id, label]);

  // Set beside the editor's own attributes: a new editor would lose the cursor.
  useEffect(() => {
    const content = view.current?.contentDOM;
    content?.toggleAttribute("aria-invalid", invalid);
    if (describedBy) content?.setAttribute("aria-describedby", describedBy);
    else content?.removeAttribute("aria-describedby");
  }, [describedBy, invalid]);

  // A text set from outside (an example, a reset) replaces what stands there; undo brings it back.
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
    first.current = value;
  }, [value]);

  return <div ref={host} />;
}
