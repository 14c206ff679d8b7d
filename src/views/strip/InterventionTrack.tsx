import { actionLabel, layersLabel, stepsLabel } from '../../config/naming';
import type { Action, Intervention } from '../../config/interventions';
import { columnsOf, type DepthScale } from '../../plot/depth';
import { textWidth } from '../../plot/labels';
import { ActionGlyph } from './ActionGlyph';
import { TRACK, trackOf } from './tracks';

const BAR = 14;
const TEXT = 11;

function shortLabels(action: Action): string[] {
  switch (action.kind) {
    case 'scale':
      return [`× ${action.factor}`];
    case 'silence':
      return [`head ${action.head}`, String(action.head)];
    case 'noise':
      return [`noise ${action.std}`, String(action.std)];
    case 'freeze':
      return [action.sublayer === 'attn' ? 'attn' : 'MLP'];
  }
}

const fitting = (texts: string[], width: number): string =>
  texts.find((text) => textWidth(text, TEXT) <= width) ?? '';

interface Props {
  interventions: readonly Intervention[];
  depth: DepthScale;
  /** The step on show: what does not act then is drawn faint. */
  step: number;
}

export function InterventionTrack({ interventions, depth, step }: Props) {
  const tracks = trackOf(interventions.map(({ layers }) => layers));
  return (
    <g className="st-track">
      {interventions.map((one, i) => {
        const { layers, steps } = one;
        const columns = columnsOf(depth, layers);
        const [x, width] = [columns.x + 1, columns.width - 2];
        const y = tracks[i]! * TRACK + 1;
        const signed = one.kind !== 'scale';
        const room = width - 8 - (signed ? 12 : 0);
        const text = fitting([actionLabel(one), ...shortLabels(one)], room);
        const whole = [actionLabel(one), `in ${layersLabel(layers)}`, stepsLabel(steps)];
        return (
          <g
            key={i}
            className="st-act"
            data-idle={step < steps.from || step > steps.to || undefined}
            transform={`translate(${x} ${y})`}
          >
            <title>{whole.filter(Boolean).join(', ')}</title>
            <rect width={Math.max(width, 3)} height={BAR} rx={3} />
            {(signed || !text) && width >= 8 && (
              <ActionGlyph kind={one.kind} x={text ? 10 : width / 2} y={BAR / 2} size={9} />
            )}
            {text && (
              <text x={signed ? 18 : 5} y={BAR / 2} dy="0.36em">
                {text}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}
