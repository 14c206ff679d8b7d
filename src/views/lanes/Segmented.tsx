import { DropdownMenu, ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import type { Choice } from '../../config/choice';
import { CHOICES, type ChoiceKey } from '../../config/choices';
import { field } from '../../config/fields';
import { Explain, explainText } from '../ui/Explain';
import { ChevronIcon } from '../ui/icons';
import { OptionListMenu } from '../ui/OptionMenu';
import { optionsOf } from '../ui/Pick';
import { Tip } from '../ui/Tip';

interface SegmentedProps {
  id: ChoiceKey;
  /** '' where what it stands for has several. */
  value: string;
  onPick(value: string): void;
  /** The choices that are always to be seen, and the one after them until another one is picked. */
  always: readonly string[];
  next: string;
  /** Why the choice changes nothing now; it can still be made. */
  reason?: string | null;
  /** Choices that cannot be made here, and why. */
  without?: Record<string, string>;
  /** No choice can be made on this page; the reason says why. */
  locked?: boolean;
}

/**
 * The choices of a setting that are used most side by side, all others in a menu at their end. The one
 * picked there last keeps a place among them, so that it can be compared with the rest by single clicks.
 * One tooltip stands beside them all and explains the one that is pointed at, so that it never covers
 * the others.
 */
export function Segmented(props: SegmentedProps) {
  const { id, value, onPick, always, next, reason = null, without = {}, locked = false } = props;
  const entries = CHOICES[id] as Record<string, Choice>;
  const [last, setLast] = useState(next);
  const [asked, setAsked] = useState(value || always[0]!);
  const guest = value && !always.includes(value) ? value : last;
  if (guest !== last) setLast(guest);

  const { label: title, ...rest } = entries[asked]!;
  const explained = { ...rest, title, code: `${id}=${asked}`, reason: without[asked] ?? reason };
  const { label } = field(id);
  return (
    <div className="ln-toggle">
      <Tip side="right" label={explainText(explained)} content={<Explain {...explained} />}>
        <ToggleGroup.Root
          type="single"
          className="ln-segmented"
          aria-label={label}
          data-idle={reason !== null || undefined}
          value={value}
          onValueChange={(picked) => picked && onPick(picked)}
        >
          {[...always, guest].map((choice) => (
            <ToggleGroup.Item
              key={choice}
              value={choice}
              disabled={locked || choice in without}
              onPointerEnter={() => setAsked(choice)}
              onFocus={() => setAsked(choice)}
            >
              <span>{entries[choice]!.label}</span>
            </ToggleGroup.Item>
          ))}
        </ToggleGroup.Root>
      </Tip>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          className="ln-more"
          disabled={locked}
          aria-label={`${label}: every choice`}
        >
          <ChevronIcon />
        </DropdownMenu.Trigger>
        <OptionListMenu
          value={value}
          options={optionsOf(entries, (choice) => `${id}=${choice}`).map((option) => ({
            ...option,
            reason: without[option.value] ?? null,
          }))}
          onPick={onPick}
          align="end"
        />
      </DropdownMenu.Root>
    </div>
  );
}
