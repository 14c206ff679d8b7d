import { ToggleGroup } from 'radix-ui';
import { useState } from 'react';
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

/**
 * Every choice of a setting side by side. One tooltip stands beside them all and explains the one that is
 * pointed at, so that it never covers the others.
 */
export function Segmented({ id, value, onPick, reason }: SegmentedProps) {
  const entries = CHOICES[id] as Record<string, Choice>;
  const [asked, setAsked] = useState(value);
  const { label: title, ...rest } = entries[asked]!;
  const explained = { ...rest, title, code: `${id}=${asked}`, reason };
  return (
    <Tip side="right" label={explainText(explained)} content={<Explain {...explained} />}>
      <ToggleGroup.Root
        type="single"
        className="ln-segmented"
        aria-label={field(id).label}
        data-idle={reason !== null || undefined}
        value={value}
        onValueChange={(picked) => picked && onPick(picked)}
      >
        {Object.entries(entries).map(([choice, { label }]) => (
          <ToggleGroup.Item
            key={choice}
            value={choice}
            onPointerEnter={() => setAsked(choice)}
            onFocus={() => setAsked(choice)}
          >
            {label}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </Tip>
  );
}
