// Numbers as words.

/**
 * A number of an explanation: with four decimals, what is shown adds up.
 * @param {number} value
 */
export function exact(value) {
  return value.toFixed(4);
}

/**
 * A number with three or four digits that count; one that is nearly 0 says so.
 * @param {number} value
 */
export function number(value) {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.0005) return "≈0";
  if (size >= 10000) return value.toExponential(1);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/**
 * What a scale's ends stand for.
 * @param {{ low: number, high: number, signed: boolean }} scale
 */
export function rangeWords({ low, high, signed }) {
  return signed ? `±${number(high)}` : `${low === 0 ? "0" : number(low)}–${number(high)}`;
}

/**
 * A probability.
 * @param {number} share
 */
export function percent(share) {
  return `${hundredths(share)} %`;
}

/**
 * The same without the sign.
 * @param {number} share
 */
export function hundredths(share) {
  return (100 * share).toFixed(1);
}

/**
 * The number itself, or the nearest one from low to high.
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function within(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/**
 * A time: "40 s", "2 min 30 s".
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
}
