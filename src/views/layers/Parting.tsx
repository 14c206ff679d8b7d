import { useMemo, useState } from 'react';
import { formatCount, formatSignificant } from '../../plot/format';
import { parting, type Departure, type Parting as Parted } from '../../runs/parting';
import type { LaneId } from '../../runs/state';
import { markOf } from '../panels/depthMarks';
import { baselineOf, lanesOnShow, named } from '../panels/lanes';
import { useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { LaneMark } from '../ui/LaneMark';

const WAYS: Record<Departure['of'], string> = {
  forward: 'on the way forward',
  backward: 'on the way back',
  parameter: 'in its weights or their gradient',
};

/** “41 %” of the larger of two numbers. */
const apart = (share: number) =>
  Number.isFinite(share) ? `${formatSignificant(100 * share, 2)} %` : 'one not finite';

interface Pair extends Parted {
  id: LaneId;
  name: string;
}

/** “at step 0, first at blocks.0.attn_in on the way forward: 12 % apart.” */
function told({ first, last }: Parted): string {
  if (last === null) return 'has no step that both were recorded at.';
  if (!first) return `does not: every number is the same up to step ${formatCount(last)}.`;
  return `at step ${formatCount(first.step)}, first at ${first.at} ${WAYS[first.of]}: ${apart(first.difference)} apart.`;
}

/** Where lanes part: at which step and site each first differs from the baseline, else from the first lane, and how it goes on. */
export function Parting() {
  const store = useScopeStore();
  const { recorded, showMoment, select } = store.actions;
  /** Number of looks taken at the record, which has another step every moment. */
  const [looked, setLooked] = useState(0);
  const { base, pairs } = useMemo(() => {
    void looked;
    const scope = store.getState();
    const lanes = named(lanesOnShow(scope));
    const baseline = baselineOf(scope);
    const base = lanes.find(({ lane }) => lane.id === baseline) ?? lanes[0]!;
    const pairs = lanes
      .filter((one) => one !== base)
      .map(({ lane: { id }, name }): Pair => {
        return { id, name, ...parting(recorded(base.lane.id), recorded(id)) };
      });
    return { base, pairs };
  }, [store, recorded, looked]);
  const go = (id: LaneId, { step, layer }: Departure) => {
    select(layer === null ? null : markOf(store.getState(), id, layer));
    showMoment(step);
  };
  if (!pairs.length) return null;
  return (
    <section className="ly-parting" aria-label="Where lanes part">
      <h3>Where lanes part from {base.name}</h3>
      {pairs.map(({ id, name, ...pair }) => (
        <div key={id}>
          <p>
            <LaneMark id={id} /> <b>{name}</b> {told(pair)}
          </p>
          {pair.growth.length > 0 && (
            <details>
              <summary>How it goes on</summary>
              <table>
                <thead>
                  <tr>
                    <th scope="col">step</th>
                    <th scope="col">farthest apart at</th>
                    <th scope="col">by</th>
                  </tr>
                </thead>
                <tbody>
                  {pair.growth.map((farthest) => (
                    <tr key={farthest.step}>
                      <td>
                        <button
                          type="button"
                          aria-label={`Show step ${farthest.step}`}
                          onClick={() => go(id, farthest)}
                        >
                          {formatCount(farthest.step)}
                        </button>
                      </td>
                      <td>{farthest.at}</td>
                      <td>{apart(farthest.difference)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </details>
          )}
        </div>
      ))}
      <p>
        Of what is measured at every site (RMS, mean, largest value, gradient) and of every tensor,
        in the order in which a step computes it; what differs by less than a 100,000th of the
        larger may be rounding. A step shows the page at that step.
      </p>
      <Button onClick={() => setLooked(looked + 1)}>Look again</Button>
    </section>
  );
}
