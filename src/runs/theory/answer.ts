import type { Config } from '../../config/fields';
import { makeTask } from '../../tasks';
import type { Given } from '../../theory/input';
import { predict, type Prediction } from '../../theory/predict';

/**
 * The batch of step 0, drawn as the engine draws it.
 *
 * @param text what the text task reads; null where it is not known
 */
function givenOf(config: Config, text: string | null): Given | null {
  if (config.task === 'gaussian' || text === null) return null;
  const task = makeTask(config, text);
  return { batch: task.batch(0), vocabulary: task.vocabulary.length };
}

/** Theory of a configuration at step 0. Throws a TextError where its text cannot be used. */
export const predictionOf = (config: Config, text: string | null): Prediction =>
  predict(config, givenOf(config, text));
