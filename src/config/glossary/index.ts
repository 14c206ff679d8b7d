/** Every term of the page, explained: the words that no registry has, and the registries themselves. */
export { ENTRIES, KINDS, type Entry, type Kind } from './entries';
export { entryOf, explanationOf, NAMES, partsOf, type Part } from './terms';
