import { archiveOf, FORMS, formed, type Form } from '../../figures/forms';
import { panelsIn, takeFigure, titleOf, type Taken } from '../../figures/take';
import { slug } from '../../runs/files';
import { engineStep, type Scope, type ScopeStore } from '../../runs/state';
import { saveFile } from '../ui/saveFile';
import { lanesOnShow } from './lanes';

type Shown = Pick<Scope, 'lanes' | 'recordings' | 'inspection'>;

/** The step of a panel: the one on show, or of a view of the inspector the one that was read. */
function stepOf(panel: Element | null, scope: Shown): number {
  const steps = lanesOnShow(scope).map((lane) => lane.shown?.frame.step ?? engineStep(lane));
  const read = panel?.closest('#inspector') ? scope.inspection.step : null;
  return read ?? Math.max(0, ...steps);
}

/** The place that a view of the inspector is of; empty of a panel, and of a view of the whole stack. */
function placeOf(panel: Element | null, { inspection: { of } }: Shown): string {
  if (!of || !panel?.closest('#inspector')) return '';
  if (of.view === 'attention') return `${of.place.replace(/^(blocks\.\d+)\..*/, '$1')}`;
  return of.view === 'stream' || of.view === 'prediction' ? '' : of.place;
}

/** A figure of no step of the lanes, as that of a sweep. */
const isTimeless = (panel: Element | null): boolean =>
  panel?.hasAttribute('data-timeless') ?? false;

/** The step of a figure, and its place: “step 3, blocks.1.resid_post”. */
export const momentOf = (panel: Element, scope: Shown): string =>
  isTimeless(panel)
    ? ''
    : [`step ${stepOf(panel, scope)}`, placeOf(panel, scope)].filter(Boolean).join(', ');

/** `normscope-activation-magnitude-step128`: what is shown, where the inspector looks, and of which step. */
export const figureName = (title: string, scope: Shown, panel: Element | null = null): string =>
  [
    `normscope-${slug(title)}`,
    slug(placeOf(panel, scope)),
    isTimeless(panel) ? '' : `step${stepOf(panel, scope)}`,
  ]
    .filter(Boolean)
    .join('-');

function take(panel: Element, store: ScopeStore): Taken {
  const taken = takeFigure(
    panel,
    store.actions.link(store.getState().moment !== 'live'),
    momentOf(panel, store.getState()),
  );
  if (!taken) throw new Error('Nothing is drawn yet.');
  return taken;
}

export async function saveFigure(panel: Element, form: Form, store: ScopeStore): Promise<void> {
  const taken = take(panel, store);
  const name = `${figureName(taken.figure.title, store.getState(), panel)}.${form}`;
  saveFile({ name, blob: await formed(taken, form) });
}

/** Every panel that is on the page, in one file. */
export function saveAllFigures(store: ScopeStore): void {
  const panels = new Map(panelsIn(document).map((panel) => [titleOf(panel), panel]));
  const all = [...panels.values()].map((panel) => take(panel, store));
  if (!all.length) throw new Error('Nothing is drawn yet.');
  const nameOf = (title: string) => figureName(title, store.getState(), panels.get(title) ?? null);
  saveFile({
    name: `${nameOf('figures')}.zip`,
    blob: new Blob([new Uint8Array(archiveOf(all, nameOf))]),
  });
}

/** Types that a browser takes as they are; the rest is copied as text. */
const isTaken = (type: string): boolean =>
  type === 'image/png' || (ClipboardItem.supports?.(type) ?? false);

/** Puts a figure on the clipboard; a drawing in text too, for programs that take no pictures. */
export async function copyFigure(panel: Element, form: Form, store: ScopeStore): Promise<void> {
  const taken = take(panel, store);
  const { label, type } = FORMS[form];
  const made = formed(taken, form);
  const isImage = type.startsWith('image/');
  const asText = () =>
    made.then(async (blob) => new Blob([await blob.text()], { type: 'text/plain' }));
  try {
    await navigator.clipboard.write([
      // A promise counts as asked for by the press of the key.
      new ClipboardItem({
        ...(isImage && isTaken(type) && { [type]: made }),
        ...(type !== 'image/png' && { 'text/plain': asText() }),
      }),
    ]);
  } catch {
    throw new Error(
      `This browser does not let the page copy ${label}. It can be saved as a file from the same menu.`,
    );
  }
}
