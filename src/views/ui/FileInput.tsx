import type { ComponentProps } from 'react';

interface FileInputProps extends ComponentProps<'input'> {
  onFile(file: File): void;
}

/** An input for a file, opened by a button of the page's own. */
export const FileInput = ({ onFile, ...input }: FileInputProps) => (
  <input
    type="file"
    hidden
    onChange={({ target }) => {
      const picked = target.files?.[0];
      // The same file may be picked again after this.
      target.value = '';
      if (picked) onFile(picked);
    }}
    {...input}
  />
);
