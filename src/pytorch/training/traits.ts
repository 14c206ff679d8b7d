import type { Config } from '../../config/fields';
import { interventionsOf } from '../../config/interventions';
import { readsStep } from '../model/taps';
import { normsOverBatch } from './overBatch';
import { isDynamic, isScaled } from './scaling';

/** The choices that decide which lines a program has. */
export interface Traits {
  config: Config;
  hasTokens: boolean;
  projects: boolean;
  overBatch: boolean;
  scale: 'none' | 'fixed' | 'dynamic';
  needsNorm: boolean;
  /** Draws or changes something that depends on the step. */
  knowsStep: boolean;
  freezes: boolean;
  /** Parameters that no gradient reaches. */
  leavesSome: boolean;
}

export function traitsOf(config: Config): Traits {
  const interventions = interventionsOf(config);
  const scale = isDynamic(config) ? 'dynamic' : isScaled(config) ? 'fixed' : 'none';
  return {
    config,
    hasTokens: config.task !== 'gaussian',
    projects: config.objective === 'random_projection',
    overBatch: normsOverBatch(config).length > 0,
    scale,
    needsNorm: config.grad_clip > 0 || scale === 'dynamic',
    knowsStep: readsStep(config),
    freezes: interventions.some(({ kind }) => kind === 'freeze'),
    leavesSome: config.objective === 'random_projection' || config.attention === 'uniform',
  };
}

/** Lines that are there or not. */
export const when = (condition: boolean, code: string): string => (condition ? code : '');

/** Definitions one after the other, those that are not there left out. */
export const joined = (...parts: string[]) =>
  parts
    .filter(Boolean)
    .map((part) => part.trim())
    .join('\n\n\n');
