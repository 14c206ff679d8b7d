import { inInkOf } from '../plot/ink';

/** The custom properties of the light theme, wherever the page's sheets set them. */
function lightColours(): [name: string, value: string][] {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  return rules
    .filter((rule) => rule instanceof CSSStyleRule)
    .filter(({ selectorText }) => /\[data-theme=["']?light/.test(selectorText))
    .flatMap(({ style }) =>
      [...style]
        .filter((name) => name.startsWith('--'))
        .map((name): [string, string] => [name, style.getPropertyValue(name)]),
    );
}

/** Ink on white paper. */
const PAPER: [string, string][] = [
  ['--ground', '#ffffff'],
  ['color', 'var(--ink)'],
];

/**
 * Reads elements as they would look in the light theme on white, whichever theme the page is in. It is over before the
 * page is painted again.
 */
export function onPaper<T>(elements: readonly (HTMLElement | SVGElement)[], read: () => T): T {
  const before = elements.map((element) => element.getAttribute('style'));
  const colours = [...lightColours(), ...PAPER];
  for (const { style } of elements) {
    for (const [name, value] of colours) style.setProperty(name, value);
  }
  try {
    return inInkOf(elements[0]!, read);
  } finally {
    elements.forEach((element, i) => {
      if (before[i] === null) element.removeAttribute('style');
      else element.setAttribute('style', before[i]!);
    });
  }
}
