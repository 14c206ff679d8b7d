import { DropdownMenu } from 'radix-ui';
import { useFloat } from './float';
import { CheckIcon, ChevronIcon } from './icons';

export interface Option {
  value: string;
  label: string;
  note?: string;
}

interface PickProps {
  /** What is picked, for its name. */
  label: string;
  value: string;
  options: Option[];
  onPick(value: string): void;
  /** What the closed control shows, where it is not the option's own label. */
  shown?: string;
  disabled?: boolean;
  describedBy?: string;
  className?: string;
}

/**
 * One of a list, each option with a line that says what it does. A menu and not a select: the list of
 * a select element cannot explain its options.
 */
export function Pick(props: PickProps) {
  const { label, value, options, onPick, shown, disabled, describedBy, className } = props;
  const text = shown ?? options.find((option) => option.value === value)?.label ?? value;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className={className ? `ui-pick ${className}` : 'ui-pick'}
        aria-label={`${label}: ${text}`}
        aria-describedby={describedBy}
        disabled={disabled}
      >
        <span className="ui-pick-value">{text}</span>
        <ChevronIcon />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={useFloat()}>
        <DropdownMenu.Content className="ui-menu" sideOffset={4} collisionPadding={8} align="start">
          <DropdownMenu.RadioGroup value={value} onValueChange={onPick}>
            {options.map((option) => (
              <DropdownMenu.RadioItem
                key={option.value}
                value={option.value}
                textValue={option.label}
                className="ui-menu-item ui-menu-choice"
              >
                <DropdownMenu.ItemIndicator className="ui-menu-check">
                  <CheckIcon />
                </DropdownMenu.ItemIndicator>
                <span>{option.label}</span>
                {option.note && <span className="ui-menu-note">{option.note}</span>}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
