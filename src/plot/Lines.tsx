interface Props {
  lines: string[];
  x: number;
  /** Their middle. */
  y: number;
  /** From line to line. */
  pitch: number;
  /** The whole text, for who rests the pointer. */
  title: string;
  className?: string;
}

/** A few words on one line or several. */
export const Lines = ({ lines, x, y, pitch, title, className }: Props) => (
  <text className={className} x={x} y={y - ((lines.length - 1) * pitch) / 2} dy="0.35em">
    {lines.length === 1
      ? lines[0]
      : lines.map((line, i) => (
          <tspan key={i} x={x} dy={i > 0 ? pitch : '0.35em'}>
            {line}
          </tspan>
        ))}
    <title>{title}</title>
  </text>
);
