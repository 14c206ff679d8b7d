import type { Config } from '../config/fields';
import { modelObstacles, modelSections } from './model';
import { importsOf } from './imports';
import type { Obstacle, Section } from './section';
import { trainingObstacles, trainingSections } from './training';
import { docstring, settingsSection } from './training/head';

export { moduleName, titleOf } from './training/head';

/** Everything that cannot be written as PyTorch; a script is complete where there is nothing. */
export const obstacles = (config: Config): Obstacle[] => [
  ...modelObstacles(config),
  ...trainingObstacles(config),
];

const RULE = '-'.repeat(98);
const written = ({ title, code }: Section) => `# ${RULE}\n# ${title}\n\n${code.trim()}\n`;

/** Sections as a file: all that they import, then one after the other. */
export const assembled = (sections: readonly Section[]): string =>
  [importsOf(sections.map(({ code }) => code).join('\n')), ...sections.map(written)].join('\n\n');

/**
 * A configuration as one readable Python file that needs PyTorch alone: the code that runs is the code of this
 * placement, this norm, this task.
 *
 * @param config without obstacles
 */
export function script(config: Config): string {
  const parts = [...modelSections(config), ...trainingSections(config)];
  const settings = settingsSection(config, parts.map(({ code }) => code).join('\n'));
  return `${docstring(config)}\n${assembled([settings, ...parts])}`;
}
