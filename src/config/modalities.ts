import type { Config } from './fields';

/** The number of modalities of a task's tokens. */
export const modalitiesOf = ({ task }: Pick<Config, 'task'>): number =>
  task === 'two_modality' ? 2 : 1;

/** The modality of the token at a position: they take turns. */
export const modalityOf = (position: number, modalities: number): number => position % modalities;
