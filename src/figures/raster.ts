import type { Taken } from './take';

/** Pixels of the picture to a pixel of the drawing. */
const SHARPNESS = 2;

/** A file as text that can stand in another one. */
const dataUrl = async (url: string): Promise<string> => {
  const blob = await (await fetch(url)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error!);
    reader.readAsDataURL(blob);
  });
};

/** The page's face as a rule in which the files stand: a picture fetches none. Of its parts those that the page uses. */
async function faceRule(): Promise<string> {
  const used = new Set(
    [...document.fonts].flatMap(({ status, family, unicodeRange }) =>
      status === 'loaded' && family.includes('Inter') ? [unicodeRange] : [],
    ),
  );
  const rules = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href })))
    .flatMap(({ rule, base }) =>
      rule instanceof CSSFontFaceRule &&
      rule.style.getPropertyValue('font-family').includes('Inter') &&
      used.has(rule.style.getPropertyValue('unicode-range'))
        ? [{ style: rule.style, base }]
        : [],
    );
  const faces = await Promise.all(
    rules.map(async ({ style, base }) => {
      const file = /url\("?([^")]+)"?\)/.exec(style.getPropertyValue('src'))![1]!;
      const data = await dataUrl(new URL(file, base ?? document.baseURI).href);
      const range = style.getPropertyValue('unicode-range');
      return `@font-face{font-family:Inter;font-weight:100 900;src:url(${data});unicode-range:${range}}`;
    }),
  );
  return faces.join('');
}

/** The figure as a PNG file, twice as fine as on the page. */
export async function rasterOf({ svg, width, height }: Taken): Promise<Blob> {
  // Without its face the picture is whole all the same: each text is made to fit.
  const face = await faceRule().catch(() => '');
  const drawing = svg.replace('<title>', `<style>${face}</style><title>`);
  const url = URL.createObjectURL(new Blob([drawing], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * SHARPNESS;
    canvas.height = height * SHARPNESS;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser draws on no canvas.');
    context.scale(SHARPNESS, SHARPNESS);
    context.drawImage(image, 0, 0, width, height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))),
        'image/png',
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
