import { useShallow } from 'zustand/shallow';
import { useScope } from '../scope';
import { Button } from '../ui/buttons';
import { Figures } from '../ui/Figures';
import { MeterIcon } from '../ui/icons';
import { later } from '../ui/later';
import { Popup } from '../ui/Popup';
import { useCalm } from '../ui/useCalm';
import { costText, formatRate, slowest } from './costText';

const CostTable = later(() => import('./CostTable').then((code) => code.CostTable));

export function CostMeter() {
  const rate = useScope((s) => formatRate(s.stepsPerSecond));
  const costs = useScope(useShallow((s) => s.lanes.map(({ engine }) => engine.cost)));
  const text = useCalm(costText(slowest(costs)));
  return (
    <Popup
      label="Cost of a step"
      className="hd-cost-popover"
      trigger={
        <Button className="hd-meter">
          <MeterIcon />
          <span className="ui-visually-hidden">Cost of a step: </span>
          <span className="hd-rate">{rate ?? '–'}/s</span>
          {text && (
            <span className="hd-cost">
              <Figures text={text} />
            </span>
          )}
        </Button>
      }
    >
      <CostTable />
    </Popup>
  );
}
