/** The address of an embedded page in a window of its own. */
export function wholePage(link: string): string {
  const address = new URL(link);
  for (const key of ['embed', 'origin']) address.searchParams.delete(key);
  return address.href;
}
