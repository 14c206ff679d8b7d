/** The value of an expression; lists have one for each layer. */
export type Value = number | boolean | string | readonly number[] | readonly boolean[];
