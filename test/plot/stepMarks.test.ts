import { describe, expect, it } from 'vitest';
import { drawSteps } from '../../src/plot/stepMarks';

/** A canvas that keeps what was drawn as text. */
function pen() {
  const lines: string[] = [];
  let path = '';
  let dash = '';
  const context = {
    strokeStyle: '',
    fillStyle: '',
    lineWidth: 0,
    globalAlpha: 1,
    beginPath: () => void (path = ''),
    moveTo: (x: number, y: number) => void (path += `M${x},${y}`),
    lineTo: (x: number, y: number) => void (path += `L${x},${y}`),
    setLineDash: (dashes: number[]) => void (dash = dashes.length ? ` dashed` : ''),
    fill() {
      lines.push(`ground ${this.fillStyle} ${this.globalAlpha} ${path}`);
    },
    stroke() {
      lines.push(`${this.strokeStyle} ${this.lineWidth} ${this.globalAlpha}${dash} ${path}`);
    },
  };
  return { context: context as unknown as CanvasRenderingContext2D, lines };
}

const points = (losses: number[]) => losses.map((value, step) => ({ step, value }));
const x = (step: number) => step * 10;
const y = (loss: number) => (loss > 0 && Number.isFinite(loss) ? loss : null);

describe('drawSteps', () => {
  it('draws each step faintly and the mean over it, in the lane’s colour', () => {
    const { context, lines } = pen();
    const curve = { colour: '#0072b2', raw: points([4, 2]), mean: points([3, 3]) };
    drawSteps(context, [curve], [], x, y);
    expect(lines).toEqual(['#0072b2 1 0.4 M0,4L10,2', '#0072b2 2 1 M0,3L10,3']);
  });
  it('draws a band and its dashed mean behind', () => {
    const { context, lines } = pen();
    const area = {
      colour: 'red',
      low: { mean: points([1, 2]) },
      mean: { mean: points([2, 3]) },
      high: { mean: points([3, 4]) },
    };
    drawSteps(context, [], [area], x, y);
    expect(lines).toEqual(['ground red 0.12 L0,3L10,4L10,2L0,1', 'red 2 1 dashed M0,2L10,3']);
  });
  it('breaks where a value has no place on the axis', () => {
    const { context, lines } = pen();
    const raw = points([4, NaN, 3, 2, Infinity, 0, 1]);
    drawSteps(context, [{ colour: 'red', raw, mean: [] }], [], x, y);
    expect(lines[0]).toBe('red 1 0.4 M0,4M20,3L30,2M60,1');
  });
});
