import type { Config } from '../../config/fields';
import { python, type Definition } from '../code';

type Format = Exclude<Config['precision'], 'fp32'>;

/** Tests of a model whose products of matrices alone are in a format below float32. */
export const casts = ({ precision, precision_policy }: Config): boolean =>
  precision !== 'fp32' && precision_policy === 'autocast';

/** Formats that every PyTorch has. */
const DTYPES = { bf16: 'torch.bfloat16', fp16: 'torch.float16' } as const;

/** The others by their numbers: least exponent, bits after the point, the largest number, and what is beyond it. */
const SMALL: Record<Exclude<Format, keyof typeof DTYPES>, [number, number, number, string]> = {
  fp8_e4m3: [-6, 3, 448, 'math.nan'],
  fp8_e5m2: [-14, 2, 57344, 'math.inf'],
};

const hasDtype = (format: Format): format is keyof typeof DTYPES => format in DTYPES;

function roundedIn(format: Format): string {
  if (hasDtype(format)) {
    return python`
      def rounded(x: Tensor) -> Tensor:
          """x as ${format} holds it, in float32."""
          return x.to(${DTYPES[format]}).to(torch.float32)
    `;
  }
  const [least, bits, largest, beyond] = SMALL[format];
  return python`
    def rounded(x: Tensor) -> Tensor:
        """x as ${format} holds it, in float32: to nearest and ties to even, with gradual underflow."""
        exponent = (torch.frexp(x).exponent - 1).clamp(min=${least})
        step = torch.ldexp(torch.ones_like(x), exponent - ${bits})
        y = torch.round(x / step) * step
        return torch.where(y.abs() > ${largest}, ${beyond === 'math.nan' ? 'torch.full_like(y, math.nan)' : 'y.sign() * math.inf'}, y)
  `;
}

/** Products of matrices whose operands are cast to a format, whose sum is float32 and whose result is rounded once. */
export function castDefinitions({ precision }: Config): Definition[] {
  if (precision === 'fp32') return [];
  return [
    { name: 'rounded', code: roundedIn(precision) },
    {
      name: 'Product',
      code: python`
        class Product(torch.autograd.Function):
            """a @ b of numbers in ${precision}, the sum in float32, each result rounded once."""

            @staticmethod
            def forward(ctx, a: Tensor, b: Tensor) -> Tensor:
                a, b = rounded(a), rounded(b)
                ctx.save_for_backward(a, b)
                return rounded(a @ b)

            @staticmethod
            def backward(ctx, dy: Tensor):
                a, b = ctx.saved_tensors
                dy = rounded(dy)
                return rounded(dy @ b.transpose(-1, -2)), rounded(a.transpose(-1, -2) @ dy)
      `,
    },
    {
      name: 'Linear',
      code: python`
        class Linear(torch.autograd.Function):
            """x W + b, of whose results each is rounded once too."""

            @staticmethod
            def forward(ctx, x: Tensor, W: Tensor, b: Tensor) -> Tensor:
                x, W = rounded(x), rounded(W)
                ctx.save_for_backward(x, W)
                return rounded(x @ W + rounded(b))

            @staticmethod
            def backward(ctx, dy: Tensor):
                x, W = ctx.saved_tensors
                dy = rounded(dy)
                dW = x.flatten(0, -2).T @ dy.flatten(0, -2)
                return rounded(dy @ W.T), rounded(dW), rounded(dy.sum((0, 1)))
      `,
    },
    {
      name: 'product',
      code: python`
        def product(a: Tensor, b: Tensor) -> Tensor:
            return Product.apply(a, b)
      `,
    },
    {
      name: 'linear',
      code: python`
        def linear(x: Tensor, W: Tensor, b: Tensor) -> Tensor:  # [B, T, I] -> [B, T, O]
            return Linear.apply(x, W, b)
      `,
    },
    {
      name: 'unbiased',
      code: python`
        def unbiased(x: Tensor, W: Tensor) -> Tensor:  # [B, T, I] -> [B, T, O]
            return Product.apply(x.flatten(0, 1), W).unflatten(0, x.shape[:2])
      `,
    },
  ];
}
