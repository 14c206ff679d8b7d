import { useCallback } from 'react';
import { describe } from '../../../config/describe';
import type { Lane } from '../../../runs/state';
import { useScope } from '../../scope';
import { AboutQuantity } from '../About';
import { DepthPanel } from '../DepthPanel';
import { QuantityPick } from '../QuantityPick';
import { Key } from './Key';
import { readCompared } from './read';
import { comparedSentence } from './sentences';
import { useEvaluatedLanes } from './useEvaluatedLanes';

const NAMES = { statistic: 'Compared statistic', site: 'Compared site' };

/** A quantity in training, solid, and in evaluation, dashed, layer by layer. */
export function ComparedPanel() {
  const quantity = useScope((scope) => scope.view.compared);
  const lanes = useEvaluatedLanes();
  const read = useCallback((lane: Lane) => readCompared(lane, quantity), [quantity]);
  const about = describe(quantity);
  const { name, subject } = about;
  return (
    <DepthPanel
      title="training and evaluation"
      level={3}
      {...{ read, about, subject }}
      from={lanes}
      tell={(told) => comparedSentence(told, name, subject)}
      head={
        <>
          <QuantityPick panel="compared" names={NAMES} />
          <AboutQuantity quantity={quantity} />
          <Key
            lines={[
              ['training', 'solid'],
              ['evaluation', 'dashed'],
            ]}
          />
        </>
      }
    />
  );
}
