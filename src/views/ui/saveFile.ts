import type { SavedFile } from '../../runs/state';

/** Has the browser save a file. */
export function saveFile({ name, blob }: SavedFile): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The download has taken its own hold of the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
