/**
 * The operations of one residual update, for any kind of value X: tensors when the model runs, nodes of a drawing when
 * the block strip shows it, names when the parameters are listed.
 */
export interface UpdateOperations<X> {
  /** The sublayer: attention or MLP (both, side by side, where the topology is parallel). */
  f(x: X): X;
  /** The norms, by the names of their parameters. */
  norm(x: X): X;
  norm_out(x: X): X;
  /** The stream made larger than the branch, by the placement's `streamFactor`. */
  amplify(x: X): X;
  /** Stream plus branch, with the residual scale. */
  add(stream: X, branch: X): X;
}

/**
 * The streams between the updates of a stack, by name. They hold for the whole model, or not at all. A stack begins
 * with `enter`; each update acts on what is `read`, and is followed by `write`; after the last one, `leave` makes one
 * stream of them.
 */
export interface StreamsBy<Name extends string> {
  /** x: the embedding. */
  enter<X>(x: X): Record<Name, X>;
  read<X>(streams: Record<Name, X>): X;
  /** x: the result of the update. added: its branches, as `add` took them. */
  write<X>(
    streams: Record<Name, X>,
    update: { x: X; added: X },
    operations: Pick<StreamOperations<X>, 'plus'>,
  ): Record<Name, X>;
  leave<X>(streams: Record<Name, X>, operations: StreamOperations<X>): X;
}
export type Streams = StreamsBy<string>;

/** The operations between updates. */
export interface StreamOperations<X> {
  plus(stream: X, other: X): X;
  /** The final norm: one that `leave` uses stands by definition, and no setting takes it out. */
  norm(x: X): X;
}
