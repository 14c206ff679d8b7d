import { DropdownMenu } from 'radix-ui';
import type { Form } from '../../figures/forms';
import { reasonOf } from '../../lib/reason';
import { useScopeStore } from '../scope';
import { copyFigure, saveFigure } from './figures';

interface Entry {
  form: Form;
  label: string;
  note?: string;
}

const FILES: Entry[] = [
  { form: 'svg', label: 'SVG', note: 'Drawing, on white' },
  { form: 'png', label: 'PNG', note: 'Picture at twice the size' },
  { form: 'csv', label: 'CSV', note: 'Every number, a row each' },
  { form: 'vl.json', label: 'Vega-Lite', note: 'Chart with its numbers, JSON' },
];
const COPIES: Entry[] = [
  { form: 'svg', label: 'Copy SVG' },
  { form: 'png', label: 'Copy PNG' },
  { form: 'csv', label: 'Copy CSV' },
  { form: 'md', label: 'Copy as Markdown' },
];

/** The entries of the menu; `panelOf` is the panel that it belongs to. */
export function FigureItems({ panelOf }: { panelOf(): Element }) {
  const store = useScopeStore();
  const { notify } = store.actions;
  const attempt = async (outcome: Promise<void>, said?: string) => {
    try {
      await outcome;
      if (said) notify({ level: 'info', about: 'page', text: said });
    } catch (error) {
      notify({ level: 'error', about: 'page', text: reasonOf(error) });
    }
  };
  const items = (entries: Entry[], act: (entry: Entry) => void) =>
    entries.map((entry) => (
      <DropdownMenu.Item key={entry.label} className="ui-menu-item" onSelect={() => act(entry)}>
        <span>{entry.label}</span>
        {entry.note && <span className="ui-menu-note">{entry.note}</span>}
      </DropdownMenu.Item>
    ));
  return (
    <>
      <DropdownMenu.Label className="ui-menu-label">Save figure</DropdownMenu.Label>
      {items(FILES, ({ form }) => void attempt(saveFigure(panelOf(), form, store)))}
      <DropdownMenu.Separator className="ui-menu-line" />
      {items(
        COPIES,
        ({ form, label }) =>
          void attempt(
            copyFigure(panelOf(), form, store),
            `The figure is on the clipboard: ${label.replace(/^Copy (as )?/, '')}.`,
          ),
      )}
    </>
  );
}
