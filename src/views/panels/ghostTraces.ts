import type { Trace } from '../../plot/trace';
import type { Ghost } from '../../runs/ghost';
import type { Lane } from '../../runs/state';
import { laneLook } from './lanes';
import type { Hold, Series } from './series';

/** The curves of pinned moments, held against the same baseline as those of now. */
export const ghostTraces = (
  ghosts: readonly Ghost[],
  hold: Hold,
  read: (seen: Pick<Lane, 'id' | 'shown' | 'evaluation'>) => { series: Series[] } | null,
  n_layers: number,
): Trace[] =>
  ghosts.flatMap((ghost) =>
    ghost.lanes.flatMap(({ id, shown }) =>
      hold(read({ id, shown, evaluation: null })?.series ?? [], shown?.layout.n_layers).map(
        ({ points, suffix }) => ({
          n_layers: shown?.layout.n_layers,
          ...{
            id: `ghost ${ghost.id} ${id} ${suffix}`,
            label: '',
            lane: `${ghost.name ?? `pinned ${ghost.id}`}, lane ${id.toUpperCase()}`,
            group: id,
          },
          ...laneLook(id),
          points: points.filter(({ x }) => x < n_layers),
          line: 'dashed',
          isUnnamed: true,
          isGhost: true,
          isBare: true,
        }),
      ),
    ),
  );
