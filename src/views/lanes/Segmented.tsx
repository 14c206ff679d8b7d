import { ToggleGroup } from 'radix-ui';
import type { Choice } from '../../config/choice';
import { CHOICES, type ChoiceKey } from '../../config/choices';
import { field } from '../../config/fields';
import { Explain, explainText } from '../ui/Explain';
import { Tip } from '../ui/Tip';

interface SegmentedProps {
  id: ChoiceKey;
  value: string;
  onPick(value: string): void;
  /** Why the choice changes nothing now; it can still be made. */
  reason: string | null;
}

/** Every choice of a setting side by side, each explained by its tooltip. */
export function Segmented({ id, value, onPick, reason }: SegmentedProps) {
  const entries = Object.entries<Choice>(CHOICES[id]);
  return (
    <ToggleGroup.Root
      type="single"
      className="ln-segmented"
      aria-label={field(id).label}
      data-idle={reason !== null || undefined}
      value={value}
      onValueChange={(picked) => picked && onPick(picked)}
    >
      {entries.map(([choice, { label, ...rest }]) => {
        const explained = { ...rest, title: label, code: `${id}=${choice}`, reason };
        return (
          <Tip
            key={choice}
            side="right"
            label={explainText(explained)}
            content={<Explain {...explained} />}
          >
            <ToggleGroup.Item value={choice}>{label}</ToggleGroup.Item>
          </Tip>
        );
      })}
    </ToggleGroup.Root>
  );
}
