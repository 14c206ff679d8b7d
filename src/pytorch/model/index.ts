import type { Config } from '../../config/fields';
import type { Obstacle, Section } from '../section';

/**
 * Random streams, initialization and the model:
 *
 * - `stream(seed, name)` with `uniform()`, `normal()`, `integer(n)`, and `normals(seed, name, size)`, as the engine draws;
 * - `class Transformer(nn.Module)` with parameters by the engine's names, matrices [in, out]; `forward(inputs, tap)`
 *   returns `(out [B, T, D], logits [B, T, V] or None)`; `tap(name, x)` is called at every site by its name and gives
 *   x back;
 * - `initialize(model, seed)`.
 */
export function modelSections(_config: Config): Section[] {
  return [];
}

export function modelObstacles(_config: Config): Obstacle[] {
  return [];
}
