import { DropdownMenu } from 'radix-ui';
import { ChevronIcon } from './icons';
import { OptionListMenu, type Option, type OptionListProps } from './OptionMenu';

export type { Option } from './OptionMenu';

interface PickProps extends OptionListProps {
  label: string;
  /** Text of the closed control, where it is not the option's own label. */
  shown?: string;
  disabled?: boolean;
  describedBy?: string;
  className?: string;
}

/**
 * One of a list, each option with its equation and what it does. A menu and not a select: the list of
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
      <OptionListMenu {...{ value, options, onPick }} />
    </DropdownMenu.Root>
  );
}

export const optionsOf = (
  entries: Record<string, Omit<Option, 'value'>>,
  code?: (value: string) => string,
): Option[] =>
  Object.entries(entries).map(([value, { label, formula, note, source }]) => ({
    ...{ value, label, formula, note, source },
    code: code?.(value),
  }));
