import { Dialog } from 'radix-ui';
import { useState, type ComponentProps, type ReactNode } from 'react';
import { CloseButton } from './buttons';
import { FloatProvider } from './float';

interface PageDialogProps extends ComponentProps<typeof Dialog.Content> {
  title: string;
  /** What the cross closes: “Close the help”. */
  closing: string;
  onClose(): void;
  children: ReactNode;
}

/** A dialog over the whole page: its head, with a cross, and below it its contents. */
export function PageDialog({
  title,
  closing,
  onClose,
  className,
  children,
  ...rest
}: PageDialogProps) {
  /** What floats does so within the dialog: what is outside of it cannot be reached. */
  const [content, setContent] = useState<HTMLElement | null>(null);
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        {/* A scrim of our own: the library’s writes a style element, which the page’s policy forbids. */}
        <div className="hd-scrim" />
        <Dialog.Content
          ref={setContent}
          className={className ? `hd-help ${className}` : 'hd-help'}
          aria-describedby={undefined}
          {...rest}
        >
          <FloatProvider value={content}>
            <div className="hd-help-head">
              <Dialog.Title>{title}</Dialog.Title>
              <Dialog.Close asChild>
                <CloseButton label={closing} />
              </Dialog.Close>
            </div>
            {children}
          </FloatProvider>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
