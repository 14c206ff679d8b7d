import type { LineStyle } from '../../../plot/trace';

/** The meaning of a plot's lines, in its title line: the same for every lane, whatever its colour. */
export const Key = ({ lines }: { lines: [label: string, line: LineStyle | 'solid'][] }) => (
  <span className="ev-key">
    {lines.map(([label, line]) => (
      <span key={label}>
        <svg width="22" height="8" aria-hidden="true" className={line}>
          <line x1="1" x2="21" y1="4" y2="4" />
        </svg>
        {label}
      </span>
    ))}
  </span>
);
