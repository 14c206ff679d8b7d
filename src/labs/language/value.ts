/** What an expression has for a value; lists have one for each layer. */
export type Value = number | boolean | string | readonly number[] | readonly boolean[];
