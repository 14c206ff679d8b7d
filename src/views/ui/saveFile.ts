/** Has the browser save bytes as a file. */
export function saveFile({ name, bytes }: { name: string; bytes: Uint8Array }): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)]));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The download has taken its own hold of the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
