import type { Config } from '../config/fields';
import { modelObstacles, modelSections } from './model';
import type { Obstacle, Section } from './section';
import { trainingObstacles, trainingSections } from './training';

/** Everything that cannot be written as PyTorch; a script is complete where there is nothing. */
export const obstacles = (config: Config): Obstacle[] => [
  ...modelObstacles(config),
  ...trainingObstacles(config),
];

const written = ({ title, code }: Section) => `# ${title}\n\n${code.trim()}\n`;

/**
 * A configuration as one readable Python file that needs PyTorch alone: the code that runs is the code of this
 * placement, this norm, this task.
 *
 * @param config without obstacles
 */
export function script(config: Config): string {
  const sections = [...modelSections(config), ...trainingSections(config)];
  const imports = [...new Set(sections.flatMap((section) => section.imports))].sort();
  return `${[imports.join('\n'), ...sections.map(written)].join('\n\n')}`;
}
