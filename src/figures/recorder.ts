import { element, hundredths, type Element } from './tree';

/** The state of a canvas that it draws with. */
interface Pen {
  strokeStyle: unknown;
  fillStyle: unknown;
  globalAlpha: number;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  dashes: number[];
  /** Id of what cuts the drawing off. */
  clip: string | null;
}

const PEN: Pen = {
  strokeStyle: '#000',
  fillStyle: '#000',
  globalAlpha: 1,
  lineWidth: 1,
  lineCap: 'butt',
  lineJoin: 'miter',
  dashes: [],
  clip: null,
};

/** Pixels of an embedded picture to a pixel of the page. */
const SHARPNESS = 2;

const at = (x: number, y: number) => `${hundredths(x)},${hundredths(y)}`;
const rectangle = (x: number, y: number, width: number, height: number) =>
  `M${at(x, y)}h${hundredths(width)}v${hundredths(height)}h${hundredths(-width)}Z`;

/** A picture in a pattern, as a canvas takes it for a colour. */
class Pattern {
  constructor(readonly id: string) {}
}

const inkOf = (style: unknown): string =>
  style instanceof Pattern ? `url(#${style.id})` : String(style);

type Rectangle = readonly [x: number, y: number, width: number, height: number];

/** A part of a picture, all of it unless said, as large as it will be seen and as sharp as a dense screen. */
function picture(
  source: HTMLCanvasElement,
  width: number,
  height: number,
  part: Rectangle = [0, 0, source.width, source.height],
): string {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * SHARPNESS));
  canvas.height = Math.max(1, Math.round(height * SHARPNESS));
  const pen = canvas.getContext('2d')!;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(source, ...part, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}

/**
 * A stand-in for a canvas that writes down as elements what is drawn: paths as they are, pictures as such.
 * It knows as much of a canvas as the plots use.
 */
export function createRecorder(prefix: string) {
  const elements: Element[] = [];
  const saved: Pen[] = [];
  let pen = { ...PEN };
  let path = '';
  let count = 0;
  const nextId = () => `${prefix}-${count++}`;
  const clipped = () => (pen.clip ? { 'clip-path': `url(#${pen.clip})` } : {});
  const set =
    <K extends keyof Pen>(key: K) =>
    (value: Pen[K]) =>
      void (pen[key] = value);
  const context = {
    save: () => void saved.push({ ...pen }),
    restore: () => void (pen = saved.pop() ?? pen),
    beginPath: () => void (path = ''),
    moveTo: (x: number, y: number) => void (path += `M${at(x, y)}`),
    // The first line of a path goes from its own end.
    lineTo: (x: number, y: number) => void (path += `${path ? 'L' : 'M'}${at(x, y)}`),
    rect: (x: number, y: number, width: number, height: number) =>
      void (path += rectangle(x, y, width, height)),
    setLineDash: set('dashes'),
    clip() {
      const id = nextId();
      elements.push(element('clipPath', { id, ...clipped() }, [element('path', { d: path })]));
      pen.clip = id;
    },
    stroke() {
      if (!path) return;
      const { globalAlpha, lineWidth, lineCap, lineJoin, dashes } = pen;
      elements.push(
        element('path', {
          ...{ d: path, fill: 'none', stroke: inkOf(pen.strokeStyle), 'stroke-width': lineWidth },
          'stroke-opacity': globalAlpha < 1 ? globalAlpha : undefined,
          'stroke-dasharray': dashes.length ? dashes.join(' ') : undefined,
          ...{ 'stroke-linecap': lineCap, 'stroke-linejoin': lineJoin, ...clipped() },
        }),
      );
    },
    fill() {
      if (!path) return;
      const { globalAlpha } = pen;
      elements.push(
        element('path', {
          ...{ d: path, fill: inkOf(pen.fillStyle), ...clipped() },
          'fill-opacity': globalAlpha < 1 ? globalAlpha : undefined,
        }),
      );
    },
    drawImage(source: HTMLCanvasElement, ...places: number[]) {
      const [x, y, width, height] = places.slice(-4) as unknown as Rectangle;
      const part = places.length > 4 ? (places.slice(0, 4) as unknown as Rectangle) : undefined;
      const href = picture(source, width, height, part);
      // Programs older than SVG 2 know the long name alone.
      const place = { x, y, width, height, 'xlink:href': href, preserveAspectRatio: 'none' };
      elements.push(element('image', { ...place, ...clipped() }));
    },
    createPattern(tile: HTMLCanvasElement) {
      const [id, { width, height }] = [nextId(), tile];
      const image = element('image', { width, height, 'xlink:href': picture(tile, width, height) });
      elements.push(
        element('pattern', { id, width, height, patternUnits: 'userSpaceOnUse' }, [image]),
      );
      return new Pattern(id);
    },
    imageSmoothingEnabled: false,
  };
  const settings = ['strokeStyle', 'fillStyle', 'globalAlpha', 'lineWidth', 'lineCap', 'lineJoin'];
  for (const name of settings as (keyof Pen)[]) {
    Object.defineProperty(context, name, { get: () => pen[name], set: set(name) });
  }
  return { context: context as unknown as CanvasRenderingContext2D, elements };
}
