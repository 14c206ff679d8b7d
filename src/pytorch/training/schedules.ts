import type { Chosen } from '../../config/choices';
import type { Config } from '../../config/fields';
import type { Section } from '../section';

/** Lines that define `after`, what the learning rate is multiplied by past the warm-up; none where that is 1. */
const PROGRESS = `    # From 0 at the end of the warm-up to 1 at SCHEDULE_STEPS.
    length = max(1, SCHEDULE_STEPS - WARMUP_STEPS)
    progress = 1.0 if n >= SCHEDULE_STEPS else max(0, n - WARMUP_STEPS) / length
`;
const SCHEDULES: Record<Chosen['schedule'], string> = {
  constant: '',
  linear: `${PROGRESS}    after = 1 - progress
`,
  cosine: `${PROGRESS}    after = (1 + math.cos(math.pi * progress)) / 2
`,
  inv_sqrt: `    after = min(1.0, math.sqrt(max(WARMUP_STEPS, 1) / (n + 1)))
`,
};

export function scheduleSection({ schedule, warmup_steps }: Config): Section {
  const after = SCHEDULES[schedule];
  const factors = ['LR', ...(warmup_steps ? ['warmup'] : []), ...(after ? ['after'] : [])];
  const warmup = warmup_steps ? '    warmup = min(1.0, (n + 1) / WARMUP_STEPS)\n' : '';
  return {
    title: 'Learning rate',
    code: `
def learning_rate(${warmup || after ? 'n' : '_'}: int) -> float:
    """Of update n, counted from 0."""
${warmup}${after}    return ${factors.join(' * ')}
`,
  };
}
