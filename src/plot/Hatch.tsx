/** A pattern of slanted lines in the colour of the text: a place without a finite value, as a fill `url(#id)`. */
export const Hatch = ({ id }: { id: string }) => (
  <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <line x1="0.75" x2="0.75" y2="5" stroke="currentColor" strokeWidth="1.5" />
  </pattern>
);
