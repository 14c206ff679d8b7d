import type { Key } from '../../config/fields';
import type { Quantity } from '../../config/quantity';
import type { LaneId } from '../../runs/laneId';

/** A text of the language of labs, read. */
export interface Expression {
  text: string;
  node: Node;
}

/** The layers of a reading: one, counted from the last where it is negative; a range; or none, of quantities of the whole run. */
export type Layers = number | { from: number; to: number } | null;
/** A step that was measured: `now` is the one where the run stands. */
export type Step = number | 'now';

/** `A.rms@resid_post[11]@0`, `theory(A.rms@resid_post[11])`. */
export interface ReadingNode {
  kind: 'reading';
  lane: LaneId;
  quantity: Quantity;
  layers: Layers;
  step: Step;
  isTheory: boolean;
}

/** `A.placement`, `A.n_layers`: a setting at the step where the run stands. */
export interface SettingNode {
  kind: 'setting';
  lane: LaneId;
  key: Key;
}

/** Facts of a run: `A.step`, `A.alarm`, `A.diverged`, `A.changes`, `A.forked`. */
export interface FactNode {
  kind: 'fact';
  lane: LaneId;
  fact: Fact;
}
export const FACTS = {
  step: 'the step where the run stands',
  alarm: 'the step of its first alarm; not defined where it has none',
  diverged: 'true where a number was not finite',
  changes: 'how often settings were changed under way',
} as const;
export type Fact = keyof typeof FACTS;

export type Node =
  | { kind: 'number'; value: number }
  | { kind: 'word'; value: string }
  | { kind: 'call'; name: string; args: readonly Node[] }
  | { kind: 'unary'; operator: '-' | 'not'; of: Node }
  | {
      kind: 'binary';
      operator: '+' | '-' | '*' | '/' | '<' | '<=' | '>' | '>=' | '=' | '!=' | 'and' | 'or';
      left: Node;
      right: Node;
    }
  | ReadingNode
  | SettingNode
  | FactNode;
