/** Signs by their commands; a command that is not here is its own name, as `\tanh` is. */
const SIGNS: Record<string, string> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  epsilon: 'ε',
  eta: 'η',
  lambda: 'λ',
  mu: 'μ',
  phi: 'φ',
  Phi: 'Φ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  theta: 'θ',
  odot: ' ⊙ ',
  times: ' × ',
  cdot: '·',
  le: ' ≤ ',
  sim: ' ~ ',
  in: ' ∈ ',
  leftarrow: ' ← ',
  sum: 'Σ',
  top: 'ᵀ',
  lfloor: '⌊',
  rfloor: '⌋',
  lVert: '‖',
  rVert: '‖',
  bmod: ' mod ',
  left: '',
  right: '',
  textstyle: '',
  quad: ' ',
  ',': ' ',
  ';': ' ',
};
/** Commands that only say how their argument is set. */
const FACES = new Set(['mathrm', 'mathcal', 'text', 'texttt']);
const RAISED: Record<string, string> = { '2': '²', '3': '³', ᵀ: 'ᵀ' };

/** Tests of a text that needs no parentheses: a letter with an index, a number, a function or root of something. */
const isOne = (text: string): boolean =>
  /^\p{L}[²³ᵀ]?(_\w)?$|^\d+$|^(\w+|√)\([^()]*\)$|^√\p{L}$/u.test(text);
const enclosed = (text: string): string => (isOne(text) ? text : `(${text})`);

/** TeX of a formula as a line of plain text, as a comment in a program has it. */
export function plainTex(tex: string): string {
  let at = 0;
  const argument = (): string => {
    while (tex[at] === ' ') at++;
    if (tex[at] === '{') {
      at++;
      const inside = until('}');
      at++;
      return inside;
    }
    return next();
  };
  /** The next sign, with all that belongs to it. */
  const next = (): string => {
    const char = tex[at++]!;
    if (char === '{') {
      at--;
      return argument();
    }
    if (char === '^') {
      const power = argument();
      return RAISED[power] ?? `^${enclosed(power)}`;
    }
    if (char === '_') {
      const index = argument();
      return `_${/^\w+$/.test(index) ? index : enclosed(index)}`;
    }
    if (char === '-') return '−';
    if (char !== '\\') return char;
    const [command] = /^[a-zA-Z]+|^./.exec(tex.slice(at))!;
    at += command.length;
    if (command === 'frac' || command === 'tfrac') {
      const above = enclosed(argument());
      return `${above}/${enclosed(argument())} `;
    }
    if (command === 'sqrt') return `√${enclosed(argument())}`;
    if (command === 'hat') return `${argument()}\u0302`;
    if (FACES.has(command)) return argument();
    return SIGNS[command] ?? command;
  };
  function until(end: string): string {
    let text = '';
    while (at < tex.length && tex[at] !== end) text += next();
    return text
      .replace(/ +/g, ' ')
      .replace(/ (?=[),.;⌋])|(?<=⌊|‖) /g, '')
      .trim();
  }
  return until('');
}
