import { LayerAxis } from '../../plot/LayerAxis';
import { useSize } from '../../plot/useSize';
import { useScope } from '../scope';
import { later } from '../ui/later';
import { hasSeveralDepths, lanesOnShow, useDepthScale } from './lanes';

const DepthToggle = later(() => import('./DepthToggle').then((code) => code.DepthToggle));

/** The layers' numbers, once for all panels above. */
export function SharedAxis() {
  const [attach, size] = useSize();
  const depth = useDepthScale(size);
  const hovered = useScope((scope) => scope.hovered);
  const selected = useScope((scope) => scope.selected);
  const isOffered = useScope((scope) => hasSeveralDepths(lanesOnShow(scope)));
  return (
    <div className="panel-axis" ref={attach}>
      {size && <LayerAxis {...{ depth, hovered, selected }} text={size.text} isBare={isOffered} />}
      {isOffered && <DepthToggle />}
    </div>
  );
}
