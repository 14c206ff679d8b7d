/** Columns whose names differ in numbers alone. */
export interface ColumnRow {
  /** Their name, with {n}, {m}, … in place of the numbers that differ. */
  pattern: string;
  names: readonly string[];
  /** Of each name the numbers in these places. */
  numbers: readonly (readonly number[])[];
}

/** Names of the places of numbers, in the order in which they stand. */
const LETTERS = [...'nmkhijpqr'];
const letterOf = (place: number): string => LETTERS[place] ?? `n${place}`;

const DIGITS = /\d+/g;
const numbersIn = (name: string): string[] => name.match(DIGITS) ?? [];

function rowOf(names: readonly string[]): ColumnRow {
  const numbers = names.map(numbersIn);
  const first = numbers[0]!;
  const differing = first.flatMap((one, i) => (numbers.some((own) => own[i] !== one) ? i : []));
  let at = -1;
  const pattern = names[0]!.replace(DIGITS, (digits) => {
    const place = differing.indexOf(++at);
    return place < 0 ? digits : `{${letterOf(place)}}`;
  });
  return { pattern, names, numbers: numbers.map((own) => differing.map((i) => Number(own[i]))) };
}

/** Columns in rows, in the order in which they are first named. */
export function columnRows(names: readonly string[]): ColumnRow[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const form = name.replace(DIGITS, '\0');
    groups.set(form, [...(groups.get(form) ?? []), name]);
  }
  return [...groups.values()].map(rowOf);
}

/** A place of a number in a target, perhaps moved: layers that count from 1 are `{n-1}` here. */
const PLACE = /\{([a-z]\d*)([+-]\d+)?\}/g;

/** The names of a row's columns by a target; a place that the row has not stays as it is. */
export const namesBy = ({ numbers }: ColumnRow, target: string): string[] =>
  numbers.map((own) =>
    target.replace(PLACE, (whole, letter: string, moved = '0') => {
      const number = own[own.findIndex((_, place) => letterOf(place) === letter)];
      return number === undefined ? whole : String(number + Number(moved));
    }),
  );
