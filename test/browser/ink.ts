import type { Page } from 'playwright-core';

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Picture {
  /** A PNG file. */
  bytes: Uint8Array;
  /** The part of it that is compared. */
  area: Area;
}

/** The share of a colour's ink in one picture that has ink of that colour near it in the other, both ways. */
export const sharedInk = (page: Page, one: Picture, other: Picture, colour: string, near = 2) =>
  page.evaluate(
    async ({ pictures, colour, near }) => {
      const wanted = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
      const inked = await Promise.all(
        pictures.map(async ({ data, area: { x, y, width, height } }) => {
          const image = new Image();
          image.src = `data:image/png;base64,${data}`;
          await image.decode();
          const canvas = new OffscreenCanvas(width, height);
          const context = canvas.getContext('2d')!;
          context.drawImage(image, -x, -y);
          const { data: pixels } = context.getImageData(0, 0, width, height);
          const isInk = (i: number) =>
            wanted.every((part, k) => Math.abs(pixels[4 * i + k]! - part) < 48);
          return Array.from({ length: width * height }, (_, i) => isInk(i));
        }),
      );
      const { width, height } = pictures[0]!.area;
      const shareOf = (from: boolean[], to: boolean[]) => {
        let [all, met] = [0, 0];
        from.forEach((isInk, i) => {
          if (!isInk) return;
          all++;
          const [x, y] = [i % width, Math.floor(i / width)];
          for (let dy = -near; dy <= near; dy++) {
            for (let dx = -near; dx <= near; dx++) {
              const [u, v] = [x + dx, y + dy];
              if (u >= 0 && u < width && v >= 0 && v < height && to[v * width + u]) {
                met++;
                return;
              }
            }
          }
        });
        return { all, share: all ? met / all : 0 };
      };
      return [shareOf(inked[0]!, inked[1]!), shareOf(inked[1]!, inked[0]!)];
    },
    {
      pictures: [one, other].map(({ bytes, area }) => ({
        data: Buffer.from(bytes).toString('base64'),
        area,
      })),
      ...{ colour, near },
    },
  );

/** The mean difference of two pictures in a colour’s parts, from 0 to 255. */
export const difference = (page: Page, one: Picture, other: Picture): Promise<number> =>
  page.evaluate(
    async (pictures) => {
      const [a, b] = await Promise.all(
        pictures.map(async ({ data, area: { x, y, width, height } }) => {
          const image = new Image();
          image.src = `data:image/png;base64,${data}`;
          await image.decode();
          const context = new OffscreenCanvas(width, height).getContext('2d')!;
          context.drawImage(image, -x, -y);
          return context.getImageData(0, 0, width, height).data;
        }),
      );
      return a!.reduce((sum, part, i) => sum + Math.abs(part - b![i]!), 0) / a!.length;
    },
    [one, other].map(({ bytes, area }) => ({ data: Buffer.from(bytes).toString('base64'), area })),
  );
