import { readsText, type Config } from '../../config/fields';
import { listed } from '../../lib/words';
import { moduleName, obstacles, script } from '../../pytorch/script';
import type { Obstacle } from '../../pytorch/section';
import { saysAllSettings } from '../../runs/recordings/recording';
import type { Lane } from '../../runs/state';

/** A lane as a script, and all that is to be said of it. */
export interface Exported {
  /** Name of the file without its ending: `post_ln_6_layers`. */
  name: string;
  config: Config;
  /** Empty where there are obstacles. */
  script: string;
  /** Why it cannot be exported: settings with their reasons, or a reason alone. */
  obstacles: (Obstacle | { setting: null; reason: string })[];
  /** Sentences on what the script leaves out of the lane’s past. */
  notes: string[];
  /** The lane’s weights can be taken along. */
  hasWeights: boolean;
  readsText: boolean;
}

const INCOMPLETE =
  'Its file does not hold all settings of the model, so what it computed is not known.';

/** The steps at which settings were changed under way, each once. */
function changedAt({ recorded, events }: Pick<Lane, 'recorded' | 'events'>): number[] {
  const told = recorded ? recorded.head?.['events'] : events;
  const steps = (Array.isArray(told) ? told : []).map(({ step }: { step: number }) => step);
  return [...new Set(steps)];
}

function notesOn(lane: Lane): string[] {
  const { recorded, changes, fork, config } = lane;
  const steps = changedAt(lane);
  return [
    ...(steps.length
      ? [
          `Settings were changed under way, at step ${listed(steps.map(String), 6)}: the script has those of now from its first step on.`,
        ]
      : []),
    ...(fork
      ? [`The lane goes on from step ${fork.step} of another; the script begins at 0.`]
      : []),
    ...(changes[0]?.weights && !recorded
      ? ['The lane began with the weights of a file: its initialization is drawn from the seed.']
      : []),
    ...(recorded && readsText(config)
      ? ['The record does not hold the text that was read: put it beside the script as text.txt.']
      : []),
  ];
}

export function exported(lane: Lane): Exported {
  const { config, recorded, engine } = lane;
  const found: Exported['obstacles'] =
    recorded && !saysAllSettings(recorded)
      ? [{ setting: null, reason: INCOMPLETE }]
      : obstacles(config);
  return {
    ...{ name: moduleName(config), config, obstacles: found },
    script: found.length ? '' : script(config),
    notes: found.length ? [] : notesOn(lane),
    hasWeights: !recorded && engine.latest !== null,
    readsText: readsText(config),
  };
}

/** The flags of a script with what they do, as it says them itself. */
export const flagsOf = (code: string): [flag: string, help: string][] =>
  [...code.matchAll(/^ {4}add\("(--[\w-]+)"[^\n]*help="([^"\n]*)"\)$/gm)].map(
    ([, flag = '', help = '']) => [flag, help],
  );
