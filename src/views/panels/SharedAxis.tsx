import { LayerAxis } from '../../plot/LayerAxis';
import { useSize } from '../../plot/useSize';
import { useScope } from '../scope';
import { useDepthScale } from './lanes';

/** The layers' numbers, once for all panels above. */
export function SharedAxis() {
  const [attach, size] = useSize();
  const depth = useDepthScale(size);
  const hovered = useScope((scope) => scope.hovered);
  const selected = useScope((scope) => scope.selected);
  return (
    <div className="panel-axis" ref={attach}>
      {size && <LayerAxis {...{ depth, hovered, selected }} text={size.text} />}
    </div>
  );
}
