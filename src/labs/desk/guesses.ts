import type { Quantity } from '../../config/quantity';
import { frameOffsets, unpack, type Measurement } from '../../protocol/frame';
import { entriesOf, inLayer } from '../../protocol/read';
import type { Ghost } from '../../runs/ghost';
import { places } from '../../runs/histories';
import type { ScopeStore } from '../../runs/state';
import type { Block } from '../lab';
import type { LabProgress } from '../progress';
import { blocksIn } from '../walk';

/** A measurement that has the predicted values of a quantity by layer, and no other number: panels draw it as any. */
export function guessed(
  { config, layout }: Pick<Measurement, 'config' | 'layout'>,
  step: number,
  quantity: Quantity,
  values: readonly number[],
): Measurement {
  const packed = new Float32Array(frameOffsets(layout).size).fill(NaN);
  values.forEach((value, layer) => {
    const { entries, over } = entriesOf(places(layout), inLayer(quantity, layer));
    for (const at of entries) packed[at] = (value * over) / entries.length;
  });
  return { config, layout, frame: unpack(layout, { step, batch: null, packed }) };
}

/** Exercises whose curves the ghosts are. */
const exerciseOf = new WeakMap<Ghost, string>();

/**
 * Draws the curves that were predicted in these blocks behind those that are measured, and takes away those of other
 * blocks.
 */
export function drawGuesses(
  { getState, setState }: Pick<ScopeStore, 'getState' | 'setState'>,
  blocks: readonly Block[],
  answers: LabProgress['answers'],
): void {
  const { ghosts, lanes } = getState();
  const wanted = blocksIn(blocks).flatMap((block): Ghost[] => {
    if (block.kind !== 'predict' || block.asks.kind !== 'curve') return [];
    const given = answers[block.id]?.given;
    const { lane: id, quantity, step } = block.asks;
    const latest = lanes.find((lane) => lane.id === id)?.engine.latest;
    if (!Array.isArray(given) || !latest || latest.layout.n_layers !== given.length) return [];
    const old = ghosts.find((ghost) => ghost.name && ghost.lanes[0]!.id === id);
    const isOld = old?.lanes[0]!.shown.layout === latest.layout && exerciseOf.get(old) === block.id;
    if (isOld) return [old];
    const shown = guessed(latest, step, quantity, given as readonly number[]);
    const ghost: Ghost = { id: 0, name: 'your prediction', lanes: [{ id, shown }] };
    exerciseOf.set(ghost, block.id);
    return [ghost];
  });
  const own = ghosts.filter(({ name }) => name);
  if (own.length === wanted.length && own.every((ghost, i) => ghost === wanted[i])) return;
  wanted.forEach((ghost, i) => (ghost.id = -1 - i));
  setState({ ghosts: [...wanted, ...ghosts.filter(({ name }) => !name)] });
}
