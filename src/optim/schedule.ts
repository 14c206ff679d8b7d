import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';

/** From 0 at the end of the warm-up to 1 at `schedule_steps`. */
function progress(n: number, { warmup_steps, schedule_steps }: Config): number {
  if (n >= schedule_steps) return 1;
  return Math.max(0, n - warmup_steps) / Math.max(1, schedule_steps - warmup_steps);
}

/** The factor of the learning rate at update n (0-based), after the warm-up’s own. */
const decays: Record<Chosen['schedule'], (n: number, config: Config) => number> = {
  constant: () => 1,
  linear: (n, config) => 1 - progress(n, config),
  cosine: (n, config) => (1 + Math.cos(Math.PI * progress(n, config))) / 2,
  inv_sqrt: (n, { warmup_steps }) => Math.min(1, Math.sqrt(Math.max(warmup_steps, 1) / (n + 1))),
};

/** The learning rate of update n (0-based). */
export function learningRate(n: number, config: Config): number {
  const { lr, warmup_steps, schedule } = config;
  const warmup = warmup_steps ? Math.min(1, (n + 1) / warmup_steps) : 1;
  return lr * warmup * decays[schedule](n, config);
}
