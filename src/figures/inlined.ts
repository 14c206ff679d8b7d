import { element, type Element as Drawn, type Node as DrawnNode } from './tree';
import { textAt } from './type';

/** Attributes that place a shape. */
const GEOMETRY = [
  ...['id', 'd', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height', 'cx', 'cy', 'r', 'rx', 'ry'],
  ...['transform', 'clip-path', 'offset', 'stop-color', 'patternUnits', 'patternTransform'],
];

/** Attributes of a shape’s looks, with their values where nothing is said. */
const LOOKS: [name: string, initial: string][] = [
  ['fill', '#000000'],
  ['stroke', 'none'],
  ['stroke-width', '1'],
  ['stroke-dasharray', 'none'],
  ['stroke-dashoffset', '0'],
  ['stroke-linecap', 'butt'],
  ['stroke-linejoin', 'miter'],
  ['fill-opacity', '1'],
  ['stroke-opacity', '1'],
  ['shape-rendering', 'auto'],
  ['paint-order', 'normal'],
];

/** Elements of the page that show nothing, or tell what a pointer can do there. */
const IGNORED = '.hit, .axis-handle, .map-hint, title';

/** Digits of one width, as far as a face has them: a 1 that is made to fit stands by itself. */
const TABULAR = { style: 'font-variant-numeric:tabular-nums' };

const byte = (n: string) => Number(n).toString(16).padStart(2, '0');

/** A computed value as an attribute: `rgb(0, 114, 178)` as `#0072b2`, `2px` as `2`. */
function attributeOf(value: string): string {
  const colour = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(value);
  if (colour) {
    const [, red, green, blue, alpha] = colour;
    return alpha === '0' ? 'none' : `#${[red!, green!, blue!].map(byte).join('')}`;
  }
  return (
    value
      .replace(/(-?[\d.]+)px/g, '$1')
      .replace(/^url\("(#[^"]+)"\).*$/, 'url($1)')
      .replaceAll(',', '')
      // Styles have keywords in small letters, attributes have not.
      .replace('crispedges', 'crispEdges')
  );
}

const looksOf = (style: CSSStyleDeclaration): Record<string, string> =>
  Object.fromEntries(
    LOOKS.map(([name, initial]) => [
      name,
      attributeOf(style.getPropertyValue(name)),
      initial,
    ]).flatMap(([name, value, initial]) => (value === initial ? [] : [[name!, value!]])),
  );

/** Each piece of a text where it stands, by itself. */
function textsOf(text: SVGTextElement): Drawn[] {
  const pieces: Drawn[] = [];
  let first = 0;
  const walk = (parent: Element): void => {
    for (const child of parent.childNodes) {
      if (child instanceof Element) {
        if (!child.matches(IGNORED)) walk(child);
        continue;
      }
      const said = child.textContent ?? '';
      const trimmed = said.trimEnd();
      if (trimmed) {
        const start = text.getStartPositionOfChar(first);
        const style = getComputedStyle(parent);
        const { fill = '#000000', ...looks } = looksOf(style);
        const more = { ...looks, ...(style.fontVariantNumeric.includes('tabular') && TABULAR) };
        const piece = {
          ...{ text: trimmed, x: start.x, y: start.y, colour: fill },
          length: text.getSubStringLength(first, trimmed.length),
          size: parseFloat(style.fontSize),
          weight: Number(style.fontWeight),
          anchor: style.textAnchor as 'start' | 'middle' | 'end',
        };
        pieces.push(textAt({ ...piece, more }));
      }
      first += said.length;
    }
  };
  walk(text);
  return pieces;
}

/** An element of the page as one that says itself how it looks; several for a text of several pieces. */
export function inlined(source: Element): DrawnNode[] {
  if (source.matches(IGNORED)) return [];
  const style = getComputedStyle(source);
  if (style.display === 'none') return [];
  if (source instanceof SVGTextElement) return textsOf(source);
  const geometry = GEOMETRY.flatMap((name) => {
    const value = source.getAttribute(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  const isShape = source instanceof SVGGeometryElement;
  const children = [...source.children].flatMap(inlined);
  const isEmpty = source instanceof SVGGElement && !children.length;
  const isBlank = source instanceof SVGPathElement && !source.getAttribute('d');
  if (isEmpty || isBlank) return [];
  const opacity = style.opacity === '1' ? undefined : style.opacity;
  const own = { ...Object.fromEntries(geometry), ...(isShape && looksOf(style)), opacity };
  return [element(source.tagName, own, children)];
}
