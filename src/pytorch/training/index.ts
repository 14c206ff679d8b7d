import type { Config } from '../../config/fields';
import type { Obstacle, Section } from '../section';
import { batchSection } from './batches';
import { lossSection } from './loss';
import { optimizerSection } from './optimizers';
import { programSections } from './program';
import { recordSection, siteSection } from './record';
import { scalingSections } from './scaling';
import { scheduleSection } from './schedules';
import { statisticsSection } from './statistics';
import { weightsSection } from './weights';

/**
 * Settings, batches, loss, statistics, optimizer, schedule, record and `main()`:
 *
 * - `CONFIG`, every setting by its name;
 * - `batch(step)` returns `(inputs, targets)` as the engine has them;
 * - `Meter`, whose `tap` measures what the model tells it, forward and backward;
 * - `main()` reads the flags and trains.
 *
 * Of the model they use:
 *
 * - `Transformer(vocabulary)`, and `Transformer()` where there are no tokens (the vocabulary of a text is known when it is
 *   read). Under `gaussian` `inputs` is x₀ [B, T, D] itself. `model.blocks` are the blocks;
 * - where anything is drawn or intervened with, `model.step`, set before every pass;
 * - `initialize(model, seed, draw=normals)`, where `draw(seed, name, size)` gives unit normals in float64 [size]:
 *   `--init torch` gives another one. x₀ and R are no parameters, and drawn here;
 * - norms over the batch are modules with the buffer `running_var` (and `running_mean`), which are called with x [B, T, D] and
 *   renew them in training: their discrepancy is measured before the call;
 * - a tap may be given what needs no gradient (scores of `uniform`, x₀), and gives back what has one.
 */
export function trainingSections(config: Config): Section[] {
  return [
    batchSection(config),
    lossSection(config),
    siteSection(config),
    statisticsSection(config),
    scheduleSection(config),
    ...scalingSections(config),
    optimizerSection(config),
    recordSection(),
    weightsSection(),
    ...programSections(config),
  ];
}

export function trainingObstacles(_config: Config): Obstacle[] {
  return [];
}
