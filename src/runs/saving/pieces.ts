/** Bytes that are kept apart before they become one piece. */
const PIECE = 8e6;

/** Puts a file together out of pieces; the browser may keep what is done on its disk. */
export function createPieces() {
  let whole = new Blob();
  let pieces: (string | Uint8Array<ArrayBuffer>)[] = [];
  let size = 0;
  const join = () => {
    whole = new Blob([whole, ...pieces]);
    [pieces, size] = [[], 0];
  };
  return {
    add(piece: string | Uint8Array<ArrayBuffer>): void {
      pieces.push(piece);
      size += piece.length;
      if (size > PIECE) join();
    },
    blob(): Blob {
      join();
      return whole;
    },
  };
}
