import { CloseIcon } from './icons';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { Tip } from './Tip';

/** A button that says in words what it does. */
export const Button = ({ className, ...rest }: ComponentProps<'button'>) => (
  <button type="button" className={className ? `ui-button ${className}` : 'ui-button'} {...rest} />
);

interface CloseButtonProps extends ComponentProps<'button'> {
  label: string;
}

/** A cross that closes or removes the thing it stands in. */
export const CloseButton = ({ label, className, ...rest }: CloseButtonProps) => (
  <button
    type="button"
    className={className ? `ui-icon-button ${className}` : 'ui-icon-button'}
    aria-label={label}
    {...rest}
  >
    <CloseIcon />
  </button>
);

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  label: string;
  /** The key that does the same. */
  shortcut?: string;
  icon: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that shows a sign and says its name in a tooltip, with its key. */
export function IconButton({ label, shortcut, icon, className, ...rest }: IconButtonProps) {
  return (
    <Tip
      label={shortcut ? `${label}, key ${shortcut}` : label}
      content={
        <span className="ui-tip-line">
          {label}
          {shortcut && <kbd>{shortcut}</kbd>}
        </span>
      }
    >
      <button
        type="button"
        className={className ? `ui-icon-button ${className}` : 'ui-icon-button'}
        aria-label={label}
        {...rest}
      >
        {icon}
      </button>
    </Tip>
  );
}
