import { decode, encode } from '../config/codec';
import { sameConfig } from '../runs/link';
import { DEFAULTS, type Config } from '../config/fields';
import type { LaneId } from '../runs/laneId';
import type { TypedSweep } from './sweep';

/** A sweep as its form holds it: whatever was typed, in the settings of a lane or in those that a sweep was begun with. */
export interface Draft {
  typed: TypedSweep;
  base: Config;
}

interface LaneSettings {
  id: LaneId;
  config: Config;
}

/** Between the parts; it needs no escape in a link, and no setting has it. */
const BETWEEN = '~';
const SIZE = /^(\d+)x(\d+)$/;

/** “lr=1e-4..1e-1:7log~n_layers=4|8~loss@last~2x50~a”: axes, result, seeds and steps, and the lane or the settings that are varied. */
export function writeDraft({ typed, base }: Draft, lanes: readonly LaneSettings[]): string {
  const lane = lanes.find(({ config }) => sameConfig(config, base));
  return [
    ...typed.grid,
    typed.result,
    `${typed.seeds}x${typed.steps}`,
    lane ? lane.id : encode(base),
  ].join(BETWEEN);
}

/** The sweep that a link names; null where it names none. */
export function readDraft(text: string, lanes: readonly LaneSettings[]): Draft | null {
  const parts = text.split(BETWEEN);
  const at = parts.findIndex((part) => SIZE.test(part));
  if (at < 2 || at > 3) return null;
  const [, seeds, steps] = SIZE.exec(parts[at]!)!;
  const base = parts[at + 1] ?? '';
  const lane = lanes.find(({ id }) => id === base);
  return {
    typed: {
      grid: parts.slice(0, at - 1),
      result: parts[at - 1]!,
      ...{ seeds: Number(seeds), steps: Number(steps) },
    },
    base:
      lane?.config ??
      (/^[a-d]?$/.test(base) ? (lanes[0]?.config ?? DEFAULTS) : decode(base).config),
  };
}
