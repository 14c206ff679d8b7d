const query = new URLSearchParams(location.search);

/** The page stands in a frame of another one, which drives it: what only a whole window needs is left out. */
export const isEmbedded = query.get('embed') === '1';

/** The origin that may speak with the page; its own where the address names none. */
export const hostOrigin = query.get('origin') ?? location.origin;

/** The same page in a window of its own. */
export function wholePage(link: string): string {
  const address = new URL(link);
  for (const key of ['embed', 'origin']) address.searchParams.delete(key);
  return address.href;
}
