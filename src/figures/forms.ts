import { strToU8, zipSync } from 'fflate';
import { csvOf } from './csv';
import { markdownOf } from './markdown';
import { rasterOf } from './raster';
import type { Taken } from './take';
import { vegaLiteText } from './vegaLite';

/** The forms that a figure can be taken away in, by the ends of their files' names. */
export const FORMS = {
  svg: { label: 'SVG', type: 'image/svg+xml', make: ({ svg }: Taken) => svg },
  png: { label: 'PNG', type: 'image/png', make: rasterOf },
  csv: { label: 'CSV', type: 'text/csv', make: ({ figure }: Taken) => csvOf(figure) },
  'vl.json': {
    label: 'Vega-Lite',
    type: 'application/json',
    make: ({ figure }: Taken) => vegaLiteText(figure),
  },
  md: { label: 'Markdown', type: 'text/markdown', make: ({ figure }: Taken) => markdownOf(figure) },
} satisfies Record<
  string,
  { label: string; type: string; make(taken: Taken): string | Promise<Blob> }
>;
export type Form = keyof typeof FORMS;

/** The figure in a form, as a file has it. */
export async function formed(taken: Taken, form: Form): Promise<Blob> {
  const { type, make } = FORMS[form];
  const made = await make(taken);
  return typeof made === 'string' ? new Blob([made], { type }) : made;
}

/** One archive with the drawing and the numbers of each figure; `nameOf` gives a file's name without its end. */
export function archiveOf(all: readonly Taken[], nameOf: (title: string) => string): Uint8Array {
  const files = all.flatMap((taken) => {
    const name = nameOf(taken.figure.title);
    return [
      [`${name}.svg`, strToU8(taken.svg)],
      [`${name}.csv`, strToU8(csvOf(taken.figure))],
    ] as const;
  });
  return zipSync(Object.fromEntries(files));
}
