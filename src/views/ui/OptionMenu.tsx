import { DropdownMenu } from 'radix-ui';
import { Fragment, useId, useRef, useState, type ReactElement } from 'react';
import { Explain, explainText, type ExplainProps } from './Explain';
import { useFloat } from './float';
import { CheckIcon } from './icons';

/** One that has a reason cannot be picked now. */
export interface Option extends Partial<Omit<ExplainProps, 'title'>> {
  value: string;
  label: string;
  /** The heading that it stands under, with those before and after it that say the same. */
  group?: string;
}

export interface OptionListProps {
  value: string;
  options: Option[];
  onPick(value: string): void;
  /** A last item that belongs to the option whose explanation is read; the right arrow leads to it. */
  more?(value: string): { label: string; onPick(): void } | null;
}

interface OptionMenuProps {
  align?: 'start' | 'end';
  /** Options have explanations, which stand beside their list. */
  isExplained: boolean;
  /** The list: an element of a component, which is rendered while the menu is open and at no other time. */
  children: ReactElement;
}

const isExplained = (options: readonly Option[]) => options.some(({ note }) => note);

/** The frame of a menu’s list. */
export const OptionMenu = ({ align = 'start', isExplained, children }: OptionMenuProps) => (
  <DropdownMenu.Portal container={useFloat()}>
    <DropdownMenu.Content
      className={isExplained ? 'ui-menu ui-menu-explained' : 'ui-menu'}
      sideOffset={4}
      collisionPadding={8}
      align={align}
    >
      {children}
    </DropdownMenu.Content>
  </DropdownMenu.Portal>
);

/** The menu of a list. */
export const OptionListMenu = ({
  align,
  ...list
}: OptionListProps & Pick<OptionMenuProps, 'align'>) => (
  <OptionMenu {...(align && { align })} isExplained={isExplained(list.options)}>
    <OptionList {...list} />
  </OptionMenu>
);

/**
 * The open list of a menu. Beside it stands what the highlighted option is: equation, meaning, source. All
 * explanations take the same place, so that the list keeps its size whichever of them is read.
 */
export function OptionList({ value, options, onPick, more }: OptionListProps) {
  const id = useId();
  const last = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState(value);
  const shown = options.some((option) => option.value === asked) ? asked : options[0]?.value;
  const further = shown === undefined ? null : more?.(shown);
  const about = ({ label, note = '', ...rest }: Option) => ({ ...rest, title: label, note });
  return (
    <>
      <DropdownMenu.RadioGroup
        className="ui-menu-list"
        value={value}
        onValueChange={(picked) => {
          if (!options.find((option) => option.value === picked)?.reason) onPick(picked);
        }}
      >
        {options.map((option, i) => (
          <Fragment key={option.value}>
            {option.group !== undefined && option.group !== options[i - 1]?.group && (
              <DropdownMenu.Label className="ui-menu-label">{option.group}</DropdownMenu.Label>
            )}
            <DropdownMenu.RadioItem
              value={option.value}
              textValue={option.label}
              className="ui-menu-item ui-menu-choice"
              aria-describedby={option.note ? `${id}-${option.value}` : undefined}
              aria-disabled={Boolean(option.reason) || undefined}
              onFocus={() => setAsked(option.value)}
              // A finger cannot hover, but it can rest.
              onPointerDown={() => setAsked(option.value)}
              onKeyDown={({ key }) => key === 'ArrowRight' && last.current?.focus()}
              onSelect={(event) => option.reason && event.preventDefault()}
            >
              <DropdownMenu.ItemIndicator className="ui-menu-check">
                <CheckIcon />
              </DropdownMenu.ItemIndicator>
              <span>{option.label}</span>
              {option.note && (
                <span id={`${id}-${option.value}`} hidden>
                  {explainText(about(option))}
                </span>
              )}
            </DropdownMenu.RadioItem>
          </Fragment>
        ))}
      </DropdownMenu.RadioGroup>
      {isExplained(options) && (
        // To a screen reader each option is described by itself.
        <div className="ui-menu-about" aria-hidden="true">
          {options.map((option) => (
            <div key={option.value} data-shown={option.value === shown || undefined}>
              <Explain {...about(option)} />
            </div>
          ))}
        </div>
      )}
      {more && (
        // Its room stays where an option has none.
        <div className="ui-menu-more">
          {further && (
            <DropdownMenu.Item ref={last} className="ui-menu-item" onSelect={further.onPick}>
              <span>{further.label}</span>
            </DropdownMenu.Item>
          )}
        </div>
      )}
    </>
  );
}
