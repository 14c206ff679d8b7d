/** An element of an SVG file, or text in one. */
export type Node = Element | string;
export interface Element {
  tag: string;
  attributes: Record<string, string>;
  children: Node[];
}

type Given = Record<string, string | number | undefined>;

/** A hundredth of a pixel. */
export const hundredths = (n: number): string => String(Math.round(n * 100) / 100);

/** An element; attributes without a value are left out. */
export const element = (tag: string, given: Given, children: Node[] = []): Element => ({
  tag,
  attributes: Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'number' ? hundredths(value) : value]],
    ),
  ),
  children,
});

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that XML cannot hold in any form are left out. */
const REFUSED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const escaped = (text: string): string =>
  text.replace(REFUSED, '').replace(/[&<>"]/g, (character) => ENTITIES[character]!);

/** The element as the text of an SVG file. */
export function markup(node: Node): string {
  if (typeof node === 'string') return escaped(node);
  const { tag, attributes, children } = node;
  const given = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const open = `<${tag}${given.join('')}`;
  return children.length ? `${open}>${children.map(markup).join('')}</${tag}>` : `${open}/>`;
}
