import type { ComponentProps } from 'react';
import { CloseIcon } from './icons';

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
