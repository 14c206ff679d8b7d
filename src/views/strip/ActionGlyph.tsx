import type { Action } from '../../config/interventions';

/** A sign for what is done to a layer, on a 10 × 10 grid. */
const SIGNS: Record<Action['kind'], string> = {
  scale: 'M2 2l6 6M8 2 2 8',
  silence: 'M5 1.5a3.5 3.5 0 1 0 .001 0M2.5 7.5l5-5',
  noise: 'M.8 5q1.05-5 2.1 0t2.1 0 2.1 0 2.1 0',
  freeze: 'M5 .8v8.4M1.4 2.9l7.2 4.2M8.6 2.9 1.4 7.1',
};

interface Props {
  kind: Action['kind'];
  x: number;
  y: number;
  size: number;
}

export const ActionGlyph = ({ kind, x, y, size }: Props) => (
  <path
    className="st-sign"
    d={SIGNS[kind]}
    transform={`translate(${x - size / 2} ${y - size / 2}) scale(${size / 10})`}
    vectorEffect="non-scaling-stroke"
  />
);
