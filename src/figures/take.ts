import { drawnIn, type Drawn } from '../plot/drawn';
import { inkOf } from '../plot/ink';
import { drawingOf, groundOf } from './drawing';
import type { Figure } from './figure';
import { onPaper } from './paper';
import { seriesOf } from './series';

/** The title of a panel, in full where the page shows a part of it. */
export const titleOf = (panel: Element): string =>
  panel.querySelector('h2, h3')?.textContent.trim() ?? '';

/** The sentence under a plot. The page raises exponents; its tooltip has them as characters. */
function sentenceOf(panel: Element): string {
  const caption = panel.querySelector('figcaption');
  const said = caption?.querySelector<HTMLElement>('span[title]');
  if (!said) return caption?.textContent.trim() ?? '';
  const notes = [...caption!.querySelectorAll('strong')].map(({ textContent }) => textContent);
  return [said.title, ...notes].join(' ').replace(/\s+/g, ' ').trim();
}

/** The subject of a plot, without the title before it and the name of one plot of several after it. */
function subjectOf(plot: Element, { label }: Drawn, title: string): string {
  const name = plot.parentElement?.querySelector('.side-by-side-name')?.textContent;
  const common = name && label.endsWith(`, ${name}`) ? label.slice(0, -name.length - 2) : label;
  return common.startsWith(`${title}, `) ? common.slice(title.length + 2) : common;
}

function figureOf(panel: Element, region: Element, link: string, at: string): Figure {
  const title = titleOf(panel);
  const plots = [...region.querySelectorAll('.plot')].flatMap((plot) => {
    const drawn = drawnIn(plot);
    return drawn ? [{ plot, drawn }] : [];
  });
  const [{ plot, drawn }] = plots as [(typeof plots)[number]];
  const { kind, domain, across, isLogAcross = false, unit = '', strips, levels = [] } = drawn;
  const hasSteps = across === 'step' || (strips !== undefined && !drawn.down);
  return {
    ...{ title, link, across, isLogAcross, unit },
    at: hasSteps ? '' : at,
    subject: subjectOf(plot, drawn, title),
    sentence: sentenceOf(panel),
    isMap: strips !== undefined,
    ...(drawn.down && { down: drawn.down }),
    axis: { kind, domain },
    smoothed: drawn.smoothed ?? null,
    series: plots
      .flatMap(({ drawn }) => seriesOf(drawn))
      .map((series) => ({ ...series, colour: inkOf(series.colour) })),
    levels: levels.map(({ label, value }) => ({ label, value })),
  };
}

export interface Taken {
  figure: Figure;
  svg: string;
  width: number;
  height: number;
}

/** A panel as it is now: its numbers, and its drawing in the light theme. Null where nothing is drawn yet. */
export function takeFigure(panel: Element, link: string, at: string): Taken | null {
  const ground = groundOf(panel);
  if (!ground) return null;
  const { region, axis } = ground;
  return onPaper(axis ? [region, axis] : [region], () => {
    const figure = figureOf(panel, region, link, at);
    return { figure, ...drawingOf(ground, figure) };
  });
}

/** The panels below an element that have a drawing. */
export const panelsIn = (root: ParentNode): Element[] =>
  [...root.querySelectorAll('figure')].filter((panel) => groundOf(panel));
