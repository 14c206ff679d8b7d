import { registerKernel } from '../kernel';
import { productBytes, scratchOf } from '../wasm/module';
import { newtonSchulzPrograms, type NewtonSchulz } from '../webgpu/shaders/newtonSchulz';

/** See `optim/muon.ts`. x: [I, O], or a stack of such, [n, I, O] → the same shape */
export const newtonSchulz = registerKernel<'x', NewtonSchulz>({
  name: 'NewtonSchulz',
  shapes: ({ x }) => [x],
  wasm({ kernels, inputs: { x }, outputs: [y], shapes, attributes }) {
    const { steps, polynomial, least, factor } = attributes;
    const [I, O] = shapes.x.slice(-2) as [number, number];
    const n = shapes.x.length > 2 ? shapes.x[0]! : 1;
    const [size, small, isTall] = [I * O, Math.min(I, O), I > O];
    const packing = Math.max(productBytes(small, Math.max(I, O)), productBytes(I, small));
    const gram = scratchOf(4 * (2 * small ** 2 + size) + packing);
    const inner = gram + 4 * small ** 2;
    const product = inner + 4 * small ** 2;
    const packed = product + 4 * size;
    for (let i = 0; i < n; i++) {
      const [from, X] = [x + 4 * i * size, y! + 4 * i * size];
      kernels.overNorm(X, from, size, least);
      for (let step = 1; step <= steps; step++) {
        const [a, b, c] = polynomial.map((k) => (step === steps ? k * factor : k));
        const K = isTall ? I : O;
        kernels.matmul(gram, X, X, small, small, K, isTall, !isTall, packed);
        kernels.matmul(inner, gram, gram, small, small, small, false, false, packed);
        kernels.blended(inner, gram, b!, inner, c!, small ** 2);
        const [left, right] = isTall ? [X, inner] : [inner, X];
        kernels.matmul(product, left, right, I, O, small, false, false, packed);
        kernels.blended(X, X, a!, product, 1, size);
      }
    }
  },
  webgpu({ run, scratch, backend, inputs: { x }, outputs: [y], shapes, attributes }) {
    const [I, O] = shapes.x.slice(-2) as [number, number];
    const n = shapes.x.length > 2 ? shapes.x[0]! : 1;
    const small = Math.min(I, O);
    const tensors = {
      ...{ x, y: y!, norms: scratch([n, 2]), unit: scratch([n, I, O]), other: scratch([n, I, O]) },
      ...{ gram: scratch([n, small, small]), inner: scratch([n, small, small]) },
    };
    newtonSchulzPrograms(backend, { n, I, O }, attributes, tensors).forEach(run);
  },
});
