import { textWidth } from './labels';

interface Props {
  x: number;
  y: number;
  name: string;
  size: number;
  isSelected?: boolean;
}

/** The name of what is marked, in the row of the axis's numbers. */
export function Flag({ x, y, name, size, isSelected = false }: Props) {
  const width = Math.max(size + 8, textWidth(name, size) + 12);
  return (
    <g className={isSelected ? 'flag selected' : 'flag'}>
      <rect x={x - width / 2} y={y - size - 1} width={width} height={size + 5} rx={3} />
      <text x={x} y={y}>
        {name}
      </text>
    </g>
  );
}
