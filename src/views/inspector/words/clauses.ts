/** “blocks.7.mlp_out in pre-LN: …; in post-LN: ….”: a subject, and of each lane its clause. */
export const inLanes = (
  subject: string,
  told: readonly (readonly [name: string, clause: string])[],
) =>
  `${told.map(([name, clause], i) => `${i ? '' : `${subject} `}in ${name}: ${clause}`).join('; ')}.`;
