import type { LaneId } from '../../runs/state';
import { laneElementId } from '../commands';
import { BlockFigure } from '../strip/BlockFigure';
import { CloseButton, IconButton } from '../ui/buttons';
import { ChevronIcon, PresetsIcon } from '../ui/icons';
import { LaneMark, laneLetter, laneStyle } from '../ui/LaneMark';
import { useActions } from '../scope';
import { LaneProgress, LaneReadout, LaneTrouble } from './LaneState';
import { LaneToggles } from './LaneToggles';
import { later } from '../ui/later';
import { PresetMenu } from './PresetMenu';
import { useLane } from './useLane';

const Pedigree = later(() => import('./Pedigree').then((code) => code.Pedigree));

interface LaneCardProps {
  id: LaneId;
  name: string;
  /** Under a tab that says the rest: the toggles alone. */
  bare?: boolean;
  /** The block is shown by its equation alone. Without `onFold` there is no block. */
  folded?: boolean;
  onFold?(folded: boolean): void;
  removable?: boolean;
}

const LanePresets = ({ id }: { id: LaneId }) => (
  <PresetMenu
    lanes={[id]}
    label={`Presets of lane ${laneLetter(id)}`}
    className="ui-icon-button ui-small"
  >
    <PresetsIcon />
  </PresetMenu>
);

export function RemoveLane({ id, name }: { id: LaneId; name: string }) {
  const { removeLane } = useActions();
  const label = `Remove lane ${laneLetter(id)}: ${name}`;
  return <CloseButton className="ui-small" label={label} onClick={() => removeLane(id)} />;
}

export function LaneCard(props: LaneCardProps) {
  const { id, name, bare = false, removable = false, folded = false, onFold } = props;
  const isFork = useLane(id, ({ fork }) => fork !== null);
  return (
    <section
      id={laneElementId(id)}
      className="ln-card"
      style={laneStyle(id)}
      aria-label={`Lane ${laneLetter(id)}: ${name}`}
      tabIndex={-1}
    >
      <LaneProgress id={id} />
      {!bare && (
        <div className="ln-head">
          <LaneMark id={id} size={14} />
          <h2 title={name}>{name}</h2>
          <LaneReadout id={id} />
          <LanePresets id={id} />
          {removable && <RemoveLane id={id} name={name} />}
        </div>
      )}
      {isFork && <Pedigree id={id} />}
      <LaneToggles id={id} />
      {onFold && (
        <BlockFigure id={id} folded={folded}>
          <IconButton
            className="ui-small ln-fold"
            label={folded ? 'Draw the block' : 'Fold the drawing of the block'}
            aria-expanded={!folded}
            icon={<ChevronIcon />}
            onClick={() => onFold(!folded)}
          />
        </BlockFigure>
      )}
      {!bare && <LaneTrouble id={id} />}
    </section>
  );
}
