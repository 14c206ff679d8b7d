/** A fault of an expression, as one sentence; readers of the language throw it, and `readExpression` alone catches it. */
export class Fault extends Error {
  override name = 'Fault';
}
