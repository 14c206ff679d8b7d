import { field, type Key } from '../../config/fields';
import type { TypedSweep } from '../../sweeps/sweep';

/** More choices of one setting are left to whoever wants them. */
const MOST_CHOICES = 8;

const within = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value));

/** Powers of two about a setting that counts something. */
function doubled(from: number, to: number): number[] {
  const values: number[] = [];
  for (let value = 2; value <= to; value *= 2) if (value >= from) values.push(value);
  return values;
}

/** Values that are a sensible beginning for an axis of a setting, as they are typed. */
export function defaultAxis(key: Key): string {
  const f = field(key);
  switch (f.kind) {
    case 'flag':
      return `${key}=false|true`;
    case 'choice':
      return `${key}=${Object.keys(f.choices).slice(0, MOST_CHOICES).join('|')}`;
    case 'text':
      return `${key}=|${f.example}`;
    case 'integer':
    case 'number': {
      const { min, max, scale } = f.slider;
      if (f.kind === 'integer' && min > 0) {
        const values = doubled(min, Math.min(max, 4 * f.default));
        if (values.length > 1) return `${key}=${values.join('|')}`;
      }
      if (scale === 'linear') return `${key}=${min}..${max}:${f.kind === 'integer' ? 5 : 6}`;
      const centre = f.default > 0 ? f.default : Math.sqrt(min * max);
      const [from, to] = [within(centre / 10, min, max), within(centre * 100, min, max)];
      return `${key}=${Number(from.toPrecision(3))}..${Number(to.toPrecision(3))}:7log`;
    }
  }
}

export const DEFAULT_SWEEP: TypedSweep = {
  grid: ['lr=1e-4..1e-1:7log', 'n_layers=2|4|8|16'],
  seeds: 1,
  steps: 50,
  result: 'loss@last',
};

/** Results that are asked for often; any other is typed. */
export const RESULTS: { typed: string; label: string; note: string }[] = [
  { typed: 'loss@last', label: 'Final loss', note: 'The loss of the last step.' },
  {
    typed: 'alarm',
    label: 'Step of the first alarm',
    note: 'The step of the first sign that a run goes wrong; where there is none, the end.',
  },
  {
    typed: 'grad_rms@resid_post[0]/grad_rms@resid_post[-1]@0',
    label: 'Gradient, first over last layer',
    note: 'How much the gradient grows or shrinks on its way through the stack, before training.',
  },
  {
    typed: 'rms@resid_post[-1]@0',
    label: 'Magnitude after the last layer',
    note: 'The root mean square of the residual stream behind the last block, before training.',
  },
  {
    typed: 'grad_norm@output@last',
    label: 'Norm of the gradient at the end',
    note: 'Of the gradient of all parameters together, at the last step.',
  },
];

export const resultLabel = (typed: string): string =>
  RESULTS.find((one) => one.typed === typed)?.label ?? typed;
