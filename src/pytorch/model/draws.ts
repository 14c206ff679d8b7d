import { python, type Definition } from '../code';

/** Draws of dropout, stochastic depth and noise: the engine's, bit by bit, whatever device computes them. */
export const DRAWS: Definition[] = [
  {
    name: 'Now',
    code: python`
      class Now(NamedTuple):
          """Random draws are named by the step, and by this process's first sequence of the batch."""

          step: int
          first: int
    `,
  },
  {
    name: 'mixed',
    code: python`
      def mixed(h):
          """A hash of 32 bits (Wellons, Hash Prospector)."""
          h = (h ^ h >> 16) * 0x21F0AAAD & WORD
          h = (h ^ h >> 15) * 0x735A2D97 & WORD
          return h ^ h >> 15
    `,
  },
  {
    name: 'uniforms',
    code: python`
      def uniforms(name: str, index: Tensor, step: int) -> Tensor:
          """Uniform on [0, 1), 24 bits each: a hash of what is drawn, the step and the place."""
          first = mixed(Stream(SEED, f"device/{name}").integer(2**24) + 0x9E3779B9 & WORD)
          second = mixed((first ^ step % 2**24) + 0x9E3779B9 & WORD)
          return (mixed(mixed(index ^ first) ^ second) >> 8) * 2.0**-24
    `,
  },
  {
    name: 'places',
    code: python`
      def places(x: Tensor, now: Now) -> Tensor:
          """The places that the numbers of x have in the whole batch. As x"""
          begin = now.first * x[0].numel()
          return torch.arange(begin, begin + x.numel(), device=x.device).view(x.shape)
    `,
  },
  {
    name: 'dropped',
    code: python`
      def dropped(x: Tensor, p: float, name: str, now: Now) -> Tensor:
          """Numbers are 0 with probability p, others divided by 1 − p (Srivastava et al. 2014)."""
          kept = uniforms(f"dropout/{name}", places(x, now), now.step) >= p
          return x * (kept / (1 - p))
    `,
  },
  {
    name: 'skipped',
    code: python`
      def skipped(x: Tensor, p: float, name: str, now: Now) -> Tensor:
          """Sequences are 0 with probability p, others divided by 1 − p (Huang et al. 2016)."""
          kept = uniforms(f"depth/{name}", places(x[:, :1, :1], now), now.step) >= p
          return x * (kept / (1 - p))
    `,
  },
  {
    name: 'noise',
    code: python`
      def noise(site: str, x: Tensor, now: Now) -> Tensor:
          """N(0, 1) for every number of x (Box, Muller 1958)."""
          place = places(x, now)
          u, v = (uniforms(f"noise/{site}", 2 * place + i, now.step).double() for i in (0, 1))
          return ((-2 * (1 - u).log()).sqrt() * (2 * math.pi * v).cos()).to(x.dtype)
    `,
  },
  {
    name: 'all_but',
    code: python`
      def all_but(head: int, x: Tensor) -> Tensor:
          """1 at the features of all heads but one, 0 at those. [D]"""
          own = torch.arange(D_MODEL, device=x.device) // D_HEAD == head
          return (~own).to(x.dtype)
    `,
  },
];
