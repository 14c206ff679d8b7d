import type { Claim, Result } from '../../claims/claim';
import { readColumnName } from '../../config/quantity';
import { STATISTICS, type AboutStatistic } from '../../config/statistics';
import { formatSignificant } from '../../plot/format';
import { SKETCH, sketchOf } from './sketch';

/** The relation of curves to a claim about mean squares. */
export const SQUARED = 'the mean square is its square';

/** Strokes of further pages' lanes, whose colours come again. */
const DASHES = [undefined, '5 3', '2 2', '8 3 2 3'];
export const colourOf = (lane: number): string => `var(--lane-${'abcd'[lane % 4]})`;
export const dashOf = (lane: number): string | undefined => DASHES[Math.floor(lane / 4) % 4];

/** `RMS at resid_post`, `loss`. */
export function quantityLabel(column: string): string {
  const { of, statistic, place } = readColumnName(column)!;
  const { label } = (STATISTICS[of] as Record<string, AboutStatistic>)[statistic]!;
  return place ? `${label} at ${place}` : label;
}

/** Means over seeds of a claim's run, each lane in its colour, with the least and greatest of the seeds. */
export function Thumbnail({ claim, picture }: { claim: Claim; picture: Result['picture'] }) {
  const { scale, along, quantity, isSquared } = claim.picture;
  const sketch = sketchOf(picture, scale);
  const label = quantityLabel(quantity);
  if (!sketch) return <p className="gl-none">No number of {label} is finite.</p>;
  const { lanes, low, high, from, to } = sketch;
  const name = `${label} by ${along}: ${picture.lanes.map((lane) => lane.name).join(', ')}`;
  return (
    <figure className="gl-figure">
      <figcaption>
        {label}
        <span className="gl-soft">
          {scale === 'log' && ' · log'}
          {isSquared && ` · ${SQUARED}`}
        </span>
      </figcaption>
      <div className="gl-plot">
        <span className="gl-high">{formatSignificant(high, 3)}</span>
        <span className="gl-low">{formatSignificant(low, 3)}</span>
        <svg
          viewBox={`0 -3 ${SKETCH.width} ${SKETCH.height + 6}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={name}
        >
          {lanes.map(
            ({ band }, i) => band && <path key={i} d={band} fill={colourOf(i)} opacity=".18" />,
          )}
          {lanes.map(({ line }, i) => (
            <path key={i} d={line} stroke={colourOf(i)} strokeDasharray={dashOf(i)} />
          ))}
        </svg>
        <span className="gl-from">
          {along} {from}
        </span>
        {to !== from && <span className="gl-to">{to}</span>}
      </div>
      <ul className="gl-lanes">
        {picture.lanes.map((lane, i) => (
          <li key={i}>
            <svg width="18" height="8" viewBox="0 0 18 8" aria-hidden="true">
              <path d="M0 4H18" stroke={colourOf(i)} strokeDasharray={dashOf(i)} />
            </svg>
            {lane.name}
          </li>
        ))}
      </ul>
    </figure>
  );
}
