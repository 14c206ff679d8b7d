/** The element of an entry, and of a group, in the glossary. */
export const entryElementId = (id: string): string => `term-${id}`;
export const groupElementId = (kind: string): string => `terms-${kind}`;
