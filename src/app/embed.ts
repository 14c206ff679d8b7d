/** The page stands in a frame of another one, which drives it: what only a whole window needs is left out. */
export const isEmbedded = new URLSearchParams(location.search).get('embed') === '1';
