import type { Chosen } from '../../config/choices';
import { CHOICES } from '../../config/choices';
import type { Choice } from '../../config/choice';
import { docstring } from '../docstring';
import { plainTex } from '../plainTex';
import { python, type Definition } from '../code';

/** A way of telling positions, as expressions at the places where it acts. */
interface Positions {
  /** Added to the token embedding; `T` tokens. [T, D] */
  embedding?: string;
  /** A function of queries or keys. [B, H, T, d] → the same */
  turn?: string;
  /** Added to the scores. [H, T, T] */
  penalty?: string;
}

export const positions: Record<Chosen['positions'], Positions> = {
  learned: { embedding: 'self.position[:T]' },
  sinusoidal: { embedding: 'sinusoids(T).to(self.token)' },
  rope: { turn: 'turned' },
  alibi: { penalty: 'alibi(T).to(x)' },
  alibi_authors: { penalty: 'alibi(T).to(x)' },
  none: {},
};

const told = (id: Chosen['positions']): string => {
  const { formula = '', source }: Choice = CHOICES.positions[id];
  return docstring([plainTex(formula), source]);
};

const SLOPES: Partial<Record<Chosen['positions'], string>> = {
  alibi: python`
    slopes = [2 ** (-8 * h / N_HEADS) for h in range(1, N_HEADS + 1)]
  `,
  alibi_authors: python`
    P = 2 ** int(math.log2(N_HEADS))
    slopes = [2 ** (-8 * h / P) for h in range(1, P + 1)]
    slopes += [2 ** (-4 * h / P) for h in range(1, 2 * (N_HEADS - P), 2)]
  `,
};

export const positionDefinitions = (id: Chosen['positions']): Definition[] => [
  {
    name: 'sinusoids',
    code: python`
      def sinusoids(T: int) -> Tensor:
          ${told('sinusoidal')}
          j = torch.arange(D_MODEL, dtype=torch.float64)
          angle = torch.arange(T)[:, None] / 10000 ** ((j - j % 2) / D_MODEL)  # [T, D]
          return torch.where(j % 2 == 0, angle.sin(), angle.cos())
    `,
  },
  {
    name: 'turned',
    code: python`
      def turned(x: Tensor) -> Tensor:  # [B, H, T, d] -> [B, H, T, d]
          ${told('rope')}
          i = torch.arange(D_HEAD // 2, dtype=torch.float64)
          angle = torch.arange(x.shape[-2])[:, None] / 10000 ** (2 * i / D_HEAD)  # [T, d/2]
          cos, sin = angle.cos().to(x), angle.sin().to(x)
          first, second = x.chunk(2, -1)
          return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)
    `,
  },
  {
    name: 'alibi',
    code: python`
      def alibi(T: int) -> Tensor:  # [H, T, T]
          ${told(id === 'alibi_authors' ? id : 'alibi')}
          ${SLOPES[id]}
          i = torch.arange(T, dtype=torch.float64)
          return -torch.tensor(slopes)[:, None, None] * (i[:, None] - i).abs()
    `,
  },
];
