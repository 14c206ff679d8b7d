/** to = (1 − share) · kept + share · factor · now, of n numbers */
export function movingAverage(
  to: usize,
  kept: usize,
  now: usize,
  n: i32,
  share: f32,
  factor: f32,
): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>(i << 2);
    store<f32>(to + at, load<f32>(kept + at) * (1 - share) + load<f32>(now + at) * (share * factor));
  }
}

/**
 * mean |μ_B − μ|/σ_B and mean |σ/σ_B − 1| over D features → out: [2]; the first is NaN where `mean` is 0.
 * mean, variance: those of the batch, squared σ_B; runningMean, runningVar: the running ones.
 */
export function discrepancy(
  out: usize,
  mean: usize,
  variance: usize,
  runningMean: usize,
  runningVar: usize,
  D: i32,
): void {
  let shifts: f64 = 0;
  let scales: f64 = 0;
  for (let j = 0; j < D; j++) {
    const at = <usize>(j << 2);
    const std = sqrt<f64>(load<f32>(variance + at));
    if (mean) shifts += abs<f64>(<f64>load<f32>(mean + at) - <f64>load<f32>(runningMean + at)) / std;
    scales += abs<f64>(sqrt<f64>(load<f32>(runningVar + at)) / std - 1);
  }
  store<f32>(out, mean ? <f32>(shifts / <f64>D) : f32.NaN);
  store<f32>(out, <f32>(scales / <f64>D), 4);
}
