/** Colours for a canvas, which knows no custom properties: resolved once per theme. */
const known = new Map<string, string>();

/** Where colours are read, if not at the root. */
let place: Element | null = null;

/** Draws in the colours that hold at an element. */
export function inInkOf<T>(element: Element, draw: () => T): T {
  place = element;
  try {
    return draw();
  } finally {
    place = null;
  }
}

/** The root's attribute that names the theme. */
const THEME = 'data-theme';

/** A CSS colour, or the value of the custom property that it stands for (`var(--lane-a)`). */
export function inkOf(colour: string): string {
  const property = /^var\((--[\w-]+)\)$/.exec(colour)?.[1];
  if (!property) return colour;
  if (place) return getComputedStyle(place).getPropertyValue(property).trim();
  const root = document.documentElement;
  const key = `${root.getAttribute(THEME)} ${property}`;
  let value = known.get(key);
  if (value === undefined) {
    value = getComputedStyle(root).getPropertyValue(property).trim();
    known.set(key, value);
  }
  return value;
}

const listeners = new Set<() => void>();
let observer: MutationObserver | null = null;

/** Calls back when the theme is another. Returns the way to stop. */
export function onTheme(changed: () => void): () => void {
  if (!observer) {
    observer = new MutationObserver(() => listeners.forEach((listener) => listener()));
    observer.observe(document.documentElement, { attributeFilter: [THEME] });
  }
  listeners.add(changed);
  return () => void listeners.delete(changed);
}
