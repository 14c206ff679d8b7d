import type { ComponentProps } from 'react';

/** A button that says in words what it does. */
export const Button = ({ className, ...rest }: ComponentProps<'button'>) => (
  <button type="button" className={className ? `ui-button ${className}` : 'ui-button'} {...rest} />
);
