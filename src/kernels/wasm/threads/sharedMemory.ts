/*
 * TensorFlow.js's own build for threads starts eight workers for every lane and then computes on one. Here its
 * single-threaded module gets a memory that can be shared, and our kernels work there on threads of their own:
 * shared or not is one bit of a module's declaration of its memory, be it made (section 5) or imported
 * (section 2). (WebAssembly core specification 5.3.8, 5.5.5, 5.5.8, with the threads proposal's limits.)
 */

const IMPORTS = 2;
const MEMORIES = 5;
/** Flags of limits: a maximum is given; the memory is shared. */
const [HAS_MAXIMUM, IS_SHARED] = [1, 2];

/** The module with its memory shared. @throws Error when it has none, or one that may grow without end. */
export function withSharedMemory(module: BufferSource): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(module)
    ? new Uint8Array(module.buffer, module.byteOffset, module.byteLength).slice()
    : new Uint8Array(module.slice(0));
  let at = 8;
  const number = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      shift += 7;
      if (byte < 128) return value;
    }
  };
  const share = () => {
    if (!(bytes[at]! & HAS_MAXIMUM))
      throw new Error('A memory without a maximum cannot be shared.');
    bytes[at]! |= IS_SHARED;
    return bytes;
  };
  const skipName = () => {
    const length = number();
    at += length;
  };
  const skipLimits = () => {
    const flags = number();
    number();
    if (flags & HAS_MAXIMUM) number();
  };
  while (at < bytes.length) {
    const section = bytes[at++]!;
    const size = number();
    const end = at + size;
    if (section === MEMORIES && number() > 0) return share();
    if (section === IMPORTS) {
      for (let left = number(); left > 0; left--) {
        skipName();
        skipName();
        const kind = bytes[at++]!;
        if (kind === 2) return share();
        // Of a function its type; of a table its element and limits; of a global its type and mutability.
        if (kind === 0) number();
        else if (kind === 1) {
          at++;
          skipLimits();
        } else at += 2;
      }
    }
    at = end;
  }
  throw new Error('The module has no memory.');
}

/** True where a memory can be shared: in pages that are isolated from others, and in Node. */
export const canShareMemory = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' &&
  (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;
