import type { Chosen } from '../../config/choices';
import { modalitiesOf, type Config } from '../../config/fields';
import type { Section } from '../section';

/** The places that count are the same in every sequence: all from one on. */
const countedFrom = (first: string) => `
def is_counted(tokens: List[int], place: int) -> bool:
    return place >= ${first}
`;

/** Symbols, a separator, and the same symbols in another order. */
const halves =
  (again: string) =>
  ({ seq_len: T }: Config): string => `
VOCABULARY = 17  # 16 symbols and a separator
SEPARATOR = 16
HALF = SEQ_LEN // 2


def sequence(draw: Stream) -> List[int]:
    symbols = [draw.integer(SEPARATOR) for _ in range(HALF)]
    return [${T % 2 ? 'SEPARATOR, ' : ''}*symbols, SEPARATOR, *${again}]


${countedFrom(T % 2 ? 'HALF + 2' : 'HALF + 1').trim()}
`;

/** A random source whose next symbol depends on the last ones. */
const SOURCE = `
class Source:
    """
    Symbols of which each depends on the ${'`order`'} before it, its context: a number in base
    ${'`symbols`'}, oldest first.
    """

    def __init__(self, name: str, symbols: int, order: int) -> None:
        self.symbols, self.order = symbols, order
        logits = 2 * normals(SEED, name, symbols ** (order + 1)).view(-1, symbols)
        self.rows = logits.softmax(-1).tolist()  # of each context the next symbol's probabilities
        self.contexts = self.stationary()

    def stationary(self) -> List[float]:
        """Frequencies of the contexts in the long run, by iteration."""
        count = len(self.rows)
        contexts, change = [1 / count] * count, 1.0
        while change > 1e-14:
            after = [0.0] * count
            for context, row in enumerate(self.rows):
                for symbol, p in enumerate(row):
                    after[(context * self.symbols + symbol) % count] += contexts[context] * p
            change = sum(abs(p - q) for p, q in zip(after, contexts))
            contexts = after
        return contexts

    def sequence(self, draw: Stream, length: int) -> List[int]:
        context = pick(draw, self.contexts)
        places = range(self.order - 1, -1, -1)
        drawn = [context // self.symbols**place % self.symbols for place in places]
        while len(drawn) < length:
            drawn.append(pick(draw, self.rows[context]))
            context = (context * self.symbols + drawn[-1]) % len(self.rows)
        return drawn[:length]


def pick(draw: Stream, probabilities: List[float]) -> int:
    left = draw.uniform()
    for i, p in enumerate(probabilities[:-1]):
        left -= p
        if left < 0:
            return i
    return len(probabilities) - 1
`;

type TokenTask = Exclude<Chosen['task'], 'gaussian'>;

/**
 * Each task in Python, drawn as the engine draws it: `VOCABULARY`, `sequence(draw)`, T + 1 tokens, and
 * `is_counted(tokens, place)`, whether the token at a place 1 … T is a target.
 */
const TASKS = {
  text: () => `
# The text, character by character; tokens are places in the order of the code points.
TEXT = Path(__file__).with_name("text.txt").read_bytes().decode("utf-8")
CHARACTERS = sorted(set(TEXT))
VOCABULARY = len(CHARACTERS)
TOKEN_OF = {character: token for token, character in enumerate(CHARACTERS)}


def sequence(draw: Stream) -> List[int]:
    """A window of the text; one that is shorter is repeated."""
    starts = len(TEXT) - SEQ_LEN if len(TEXT) > SEQ_LEN else len(TEXT)
    start = draw.integer(starts)
    return [TOKEN_OF[TEXT[(start + i) % len(TEXT)]] for i in range(SEQ_LEN + 1)]


${countedFrom('1').trim()}
`,
  copy: halves('symbols'),
  reverse: halves('symbols[::-1]'),
  sort: halves('sorted(symbols)'),
  induction: ({ seq_len }) => {
    const longest = Math.min(Math.floor(seq_len / 2), 32);
    return `
VOCABULARY = 32
SHORTEST, LONGEST = ${Math.max(2, Math.ceil(longest / 2))}, ${longest}  # blocks


def sequence(draw: Stream) -> List[int]:
    """A block of different symbols, repeated to the end."""
    period = SHORTEST + draw.integer(LONGEST - SHORTEST + 1)
    symbols = list(range(VOCABULARY))
    for i in range(period):  # the beginning of a shuffle by Fisher and Yates
        j = i + draw.integer(VOCABULARY - i)
        symbols[i], symbols[j] = symbols[j], symbols[i]
    return [symbols[i % period] for i in range(SEQ_LEN + 1)]


def is_counted(tokens: List[int], place: int) -> bool:
    """What follows the first token that is seen for the second time."""
    return place >= tokens.index(tokens[0], 1) + 1
`;
  },
  modular_addition: () => `
VOCABULARY = 15  # residues, + and =
P, PLUS, EQUALS, ROW = 13, 13, 14, 5


def sequence(draw: Stream) -> List[int]:
    """Rows a + b = c mod 13, of which the last ends the sequence."""
    tokens: List[int] = []
    for _ in range(-(-(SEQ_LEN + 1) // ROW)):
        a, b = draw.integer(P), draw.integer(P)
        tokens += [a, PLUS, b, EQUALS, (a + b) % P]
    return tokens[-(SEQ_LEN + 1) :]


def is_counted(tokens: List[int], place: int) -> bool:
    """Every c whose whole row is there."""
    return place >= ROW - 1 and (SEQ_LEN - place) % ROW == 0
`,
  parity: ({ seq_len: T }) => `
VOCABULARY = 4  # the bits, even and odd
EVEN = 2


def sequence(draw: Stream) -> List[int]:
    """Random bits, each followed by the parity of all so far."""
    tokens, odd = ${T % 2 ? '[]' : '[EVEN]'}, 0
    while len(tokens) <= SEQ_LEN:
        bit = draw.integer(2)
        odd ^= bit
        tokens += [bit, EVEN + odd]
    return tokens


def is_counted(tokens: List[int], place: int) -> bool:
    return (SEQ_LEN - place) % 2 == 0
`,
  dyck: ({ seq_len: T }) => `
VOCABULARY = 9  # brackets of four kinds, and a start
BRACKETS, DEPTH, START = 4, 8, 8


def sequence(draw: Stream) -> List[int]:
    """Well-formed brackets, at most DEPTH deep: kind k opens as k and closes as BRACKETS + k."""
    tokens, open_kinds, length = ${T % 2 ? '[]' : '[START]'}, [], SEQ_LEN + 1
    while len(tokens) < length:
        depth, left = len(open_kinds), length - len(tokens)
        if depth == 0 or (depth != min(DEPTH, left) and draw.integer(2) == 0):
            open_kinds.append(draw.integer(BRACKETS))
            tokens.append(open_kinds[-1])
        else:
            tokens.append(BRACKETS + open_kinds.pop())
    return tokens


def is_counted(tokens: List[int], place: int) -> bool:
    """Brackets that close."""
    return tokens[place] >= BRACKETS
`,
  markov: () => `
VOCABULARY = 8

${SOURCE}

SOURCE = Source("task/markov", VOCABULARY, order=2)


def sequence(draw: Stream) -> List[int]:
    return SOURCE.sequence(draw, SEQ_LEN + 1)


${countedFrom('SOURCE.order').trim()}
`,
  two_modality: (config) => `
MODALITIES, SYMBOLS = ${modalitiesOf(config)}, 8
VOCABULARY = MODALITIES * SYMBOLS

${SOURCE}

SOURCES = [Source(f"task/two_modality/{m}", SYMBOLS, order=1) for m in range(MODALITIES)]


def sequence(draw: Stream) -> List[int]:
    """Symbols of the modalities in turn, each after its own source."""
    length = -(-(SEQ_LEN + 1) // MODALITIES)
    drawn = [source.sequence(draw, length) for source in SOURCES]
    places = [divmod(place, MODALITIES) for place in range(SEQ_LEN + 1)]
    return [m * SYMBOLS + drawn[m][turn] for turn, m in places]


${countedFrom('MODALITIES').trim()}
`,
  random: () => `
VOCABULARY = 32


def sequence(draw: Stream) -> List[int]:
    return [draw.integer(VOCABULARY) for _ in range(SEQ_LEN + 1)]


${countedFrom('1').trim()}
`,
} satisfies Record<TokenTask, (config: Config) => string>;

const DRAWN = `
def batch(step: int) -> Tuple[Tensor, Tensor]:
    """
    Of every sequence the first T tokens and the last T, which are to be predicted; -1 stands
    where none is counted. Each [B, T].
    """
    draw = Stream(SEED, f"batch/{step}")
    inputs, targets = [], []
    for _ in range(BATCH_SIZE):
        tokens = sequence(draw)
        inputs.append(tokens[:SEQ_LEN])
        places = range(1, SEQ_LEN + 1)
        targets.append([tokens[t] if is_counted(tokens, t) else -1 for t in places])
    return torch.tensor(inputs), torch.tensor(targets)
`;

/** x₀ of the task without tokens: the same at every step. */
const gaussian = ({ token_correlation, embed_std }: Config) => `
def gaussian_inputs(draw: Callable[[int, str, int], Tensor]) -> Tensor:
    """x0, where the stack begins. [B, T, D]"""
    own = draw(SEED, "x0", BATCH_SIZE * SEQ_LEN * D_MODEL).view(BATCH_SIZE, SEQ_LEN, D_MODEL)
${
  token_correlation > 0
    ? `    shared = draw(SEED, "x0.shared", BATCH_SIZE * D_MODEL).view(BATCH_SIZE, 1, D_MODEL)
    own = math.sqrt(${token_correlation}) * shared + math.sqrt(1 - ${token_correlation}) * own`
    : ''
}
    return (${embed_std} * own).float()
`;

export function batchSection(config: Config): Section {
  if (config.task === 'gaussian') {
    return {
      title: 'Inputs',
      code: gaussian(config).replace(/\n\n(?= )/g, '\n'),
    };
  }
  return {
    title: `Batches of the task ${config.task}`,
    code: `${TASKS[config.task](config).trim()}\n\n\n${DRAWN.trim()}\n`,
  };
}
