import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';

/** What the learning rate is multiplied by at update n (0-based), after the warm-up’s own factor. */
const decays: Record<Chosen['schedule'], (n: number, config: Config) => number> = {
  constant: () => 1,
  linear: (n, { schedule_steps }) => Math.max(0, 1 - n / schedule_steps),
  cosine: (n, { schedule_steps }) => (1 + Math.cos(Math.PI * Math.min(1, n / schedule_steps))) / 2,
  inv_sqrt: (n, { warmup_steps }) => Math.min(1, Math.sqrt(Math.max(warmup_steps, 1) / (n + 1))),
};

/** The learning rate of update n (0-based). */
export function learningRate(n: number, config: Config): number {
  const { lr, warmup_steps, schedule } = config;
  const warmup = warmup_steps ? Math.min(1, (n + 1) / warmup_steps) : 1;
  return lr * warmup * decays[schedule](n, config);
}
