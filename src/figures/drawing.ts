import { drawnIn } from '../plot/drawn';
import { downOf, isDepth, valueTitle, type Figure } from './figure';
import { inlined } from './inlined';
import { legendOf } from './legend';
import { createRecorder } from './recorder';
import { element, hundredths, markup, type Element as Drawn } from './tree';
import { brokenInto, lineAt, textAt, type Style } from './type';

const INK = '#1b1c1e';
const SOFT = '#55585e';
const TITLE: Style = { size: 14, weight: 600, colour: INK };
const SENTENCE: Style = { size: 12, colour: SOFT };
const NAME: Style = { size: 12, colour: INK };

/** Pixels around everything, and from baseline to baseline in units of the text's size. */
const PAD = 12;
const PITCH = 1.4;

/** The drawings of a panel, and the room that they have. */
export interface Ground {
  region: HTMLElement;
  /** Numbers of layers that stand elsewhere on the page, for all panels together. */
  axis: SVGSVGElement | null;
}

/** Where the drawings of a panel are. */
export function groundOf(panel: Element): Ground | null {
  const plot = panel.querySelector('.plot');
  const region = plot?.closest<HTMLElement>('.panel-plot');
  if (!plot || !region) return null;
  const drawn = drawnIn(plot);
  const isBare = drawn && isDepth(drawn) && !region.querySelector('.depth-ticks');
  return { region, axis: isBare ? document.querySelector('.layer-axis svg') : null };
}

const moved = (x: number, y: number, children: Drawn['children']): Drawn =>
  element('g', { transform: `translate(${hundredths(x)} ${hundredths(y)})` }, children);

/** The layers of one plot, from the lowest up. */
function plotOf(plot: Element, index: number): Drawn['children'] {
  const drawn = drawnIn(plot);
  return [...(plot.querySelector('.plot-focus')?.children ?? [])].flatMap((layer) => {
    if (!(layer instanceof HTMLCanvasElement)) return [...layer.children].flatMap(inlined);
    const recorder = createRecorder(`dense-${index}`);
    drawn?.dense?.(recorder.context);
    return recorder.elements;
  });
}

/** Text of the page over the plots, such as the names of plots side by side. */
function namesOf(region: HTMLElement, left: number, top: number): Drawn[] {
  return [...region.querySelectorAll('.side-by-side-name')].map((name) => {
    const { color, fontSize, fontWeight } = getComputedStyle(name);
    const range = document.createRange();
    range.selectNodeContents(name);
    const box = range.getBoundingClientRect();
    const size = parseFloat(fontSize);
    const style = { size, weight: Number(fontWeight), colour: hexOf(color) };
    return textAt({
      ...{ ...style, text: name.textContent, x: box.left - left },
      ...{ y: (box.top + box.bottom) / 2 - top + size * 0.35, length: box.width },
    });
  });
}

const hexOf = (colour: string): string =>
  `#${colour
    .match(/\d+/g)!
    .slice(0, 3)
    .map((n) => Number(n).toString(16).padStart(2, '0'))
    .join('')}`;

/** Lines of text one below the other, and how high they are. */
function linesOf(text: string, style: Style, top: number, width: number) {
  const pitch = style.size * PITCH;
  const lines = brokenInto(text, width, style);
  return {
    height: lines.length * pitch,
    elements: lines.flatMap((line, i) => lineAt(line, PAD, top + i * pitch + style.size, style)),
  };
}

/** “steps”, “queries”; a letter stays one. */
const rowsOf = (down: string): string => {
  if (/\b\w$/.test(down)) return down;
  return down.endsWith('y') ? `${down.slice(0, -1)}ies` : `${down}s`;
};

const LOGARITHMIC = { log: ', logarithmic', linear: '', count: ', logarithmic from 1' };

/** The file of a figure as it stands on the page, with all that belongs to it: title, sentence, axes and legend. */
export function drawingOf({ region, axis }: Ground, figure: Figure) {
  const { left, top, width, height } = region.getBoundingClientRect();
  const content: Drawn[] = [];
  let y = PAD;
  const add = ({ elements, height }: { elements: Drawn[]; height: number }, gap: number) => {
    content.push(...elements);
    y += height + (height > 0 ? gap : 0);
  };
  add(linesOf(figure.title, TITLE, y, width), 2);
  add(linesOf(figure.sentence, SENTENCE, y, width), 8);
  const scale = `${valueTitle(figure)}${LOGARITHMIC[figure.axis.kind]}`;
  const kind = figure.isMap ? `colours: ${scale}; ${rowsOf(downOf(figure))} downwards` : scale;
  const heading = figure.at ? `${kind}; ${figure.at}` : kind;
  add(linesOf(heading, NAME, y, width), 2);
  const plots = [...region.querySelectorAll('.plot')].map((plot, i) => {
    const box = plot.getBoundingClientRect();
    return moved(box.left - left, box.top - top, plotOf(plot, i));
  });
  content.push(moved(PAD, y, [...plots, ...namesOf(region, left, top)]));
  y += height;
  if (axis) {
    content.push(moved(PAD, y, [...axis.children].flatMap(inlined)));
    y += axis.getBoundingClientRect().height;
  }
  y += 6;
  add(legendOf(figure, y, PAD, width, NAME), 0);
  const size = { width: Math.ceil(width + 2 * PAD), height: Math.ceil(y + PAD) };
  const root = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      'xmlns:xlink': 'http://www.w3.org/1999/xlink',
      ...size,
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: 'img',
    },
    [
      element('title', {}, [figure.title]),
      element('desc', {}, [`${figure.sentence} ${figure.link}`.trim()]),
      element('rect', { ...size, fill: '#ffffff' }),
      ...content,
    ],
  );
  return { svg: `<?xml version="1.0" encoding="UTF-8"?>\n${markup(root)}\n`, ...size };
}
