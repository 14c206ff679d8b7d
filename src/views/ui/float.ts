import { createContext, useContext } from 'react';

const Float = createContext<HTMLElement | null>(null);

/** Where menus, tooltips and popovers are put: a landmark, so that nothing on the page is outside of one. */
export const FloatProvider = Float.Provider;

/** For the `container` of a portal; the body’s end where the page names none. */
export const useFloat = () => useContext(Float) ?? undefined;
