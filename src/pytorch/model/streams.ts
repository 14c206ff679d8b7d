import { python, type Definition } from '../code';

/** Random streams as src/lib/random.ts has them. */
export const STREAMS: Definition[] = [
  { name: 'WORD', code: 'WORD = 0xFFFFFFFF  # 32 bits', isConstant: true },
  {
    name: 'Stream',
    code: python`
      class Stream:
          """
          Random numbers of 32 bits by a seed and a name: sfc32 (Doty-Humphrey, PractRand), begun by
          FNV-1a and SplitMix32.
          """

          def __init__(self, seed: int, name: str):
              h = 0x811C9DC5
              for char in f"{seed}:{name}":
                  h = (h ^ ord(char)) * 0x01000193 & WORD
              self.state = []
              for _ in range(4):
                  h = h + 0x9E3779B9 & WORD
                  z = (h ^ h >> 16) * 0x21F0AAAD & WORD
                  z = (z ^ z >> 15) * 0x735A2D97 & WORD
                  self.state.append(z ^ z >> 15)
              self.words(12)

          def words(self, n: int) -> array:
              a, b, c, d = self.state
              drawn = array("I", bytes(4 * n))
              for i in range(n):
                  drawn[i] = t = a + b + d & WORD
                  d = d + 1 & WORD
                  a = b ^ b >> 9
                  b = 9 * c & WORD
                  c = (c << 21 | c >> 11) + t & WORD
              self.state = [a, b, c, d]
              return drawn

          def uniform(self) -> float:  # in [0, 1)
              return self.words(1)[0] / 2**32

          def integer(self, n: int) -> int:  # in [0, n)
              return int(self.uniform() * n)
    `,
  },
  {
    name: 'normals',
    code: python`
      def normals(seed: int, name: str, size: int) -> Tensor:
          """The first draws of N(0, 1) of a stream. [size], float64"""
          pairs = (size + 1) // 2
          words = torch.frombuffer(Stream(seed, name).words(2 * pairs), dtype=torch.int32)
          u = (words.long() & WORD).double().view(pairs, 2) / 2**32
          radius = (-2 * (1 - u[:, 0]).log()).sqrt()
          angle = 2 * math.pi * u[:, 1]
          return torch.stack([radius * angle.cos(), radius * angle.sin()], 1).flatten()[:size]
    `,
  },
];
