import { useShallow } from 'zustand/shallow';
import { PICTURES } from '../../runs/breath';
import type { LaneId } from '../../runs/state';
import { useScope } from '../scope';
import { Figures } from '../ui/Figures';
import { LaneMark, laneLetter } from '../ui/LaneMark';
import { useCalm } from '../ui/useCalm';
import { COST_ROWS } from './costRows';
import { formatMs } from './costText';

export function CostTable() {
  const ids = useScope(useShallow((s) => s.lanes.map(({ id }) => id)));
  const costs = useCalm(useScope(useShallow((s) => s.lanes.map(({ engine }) => engine.cost))));
  const rest = useCalm(useScope((s) => (s.restMs >= 0.5 ? formatMs(s.restMs) : '')));
  const known = costs.some((cost) => cost !== null);
  if (!known) return <p>Nothing yet: what a step costs is known after the first one.</p>;
  const rows = COST_ROWS.map(({ of, ...row }) => ({
    ...row,
    values: ids.map((_, i) => (costs[i] ? of(costs[i]) : null)),
  })).filter(({ values }) => values.some((value) => value !== null));
  const runsHere = costs.some((cost) => cost && cost.jsMs !== null && cost.dispatches === null);
  return (
    <>
      <table className="hd-costs">
        <caption>Cost of a step</caption>
        <thead>
          <tr>
            <td />
            {ids.map((id) => (
              <LaneHead key={id} id={id} />
            ))}
          </tr>
        </thead>
        {rows.map(({ label, note, values }) => (
          <tbody key={label}>
            <tr>
              <th scope="row">{label}</th>
              {values.map((value, i) => (
                <td key={ids[i]}>
                  <Figures text={value ?? '–'} />
                </td>
              ))}
            </tr>
            <tr>
              <td className="hd-soft" colSpan={ids.length + 1}>
                {note}
              </td>
            </tr>
          </tbody>
        ))}
      </table>
      {rest && (
        <p className="hd-soft">
          Training rests {rest} after each step, so that the page keeps {PICTURES} pictures a
          second.
        </p>
      )}
      {runsHere && <p className="hd-soft">Kernels run on the processor: nothing is dispatched.</p>}
    </>
  );
}

const LaneHead = ({ id }: { id: LaneId }) => (
  <th scope="col">
    <span className="ui-visually-hidden">Lane {laneLetter(id)}</span>
    <LaneMark id={id} size={12} />
  </th>
);
