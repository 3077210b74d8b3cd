/** Numbers that look random and are the same on every machine. */

/** Normally distributed numbers, about `mean` with standard deviation `deviation` (Box–Muller). */
export function normals(uniform: () => number, count: number, deviation: number, mean = 0): Float32Array {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())) * deviation;
    const angle = 2 * Math.PI * uniform();
    values[index] = mean + radius * Math.cos(angle);
    if (index + 1 < count) values[index + 1] = mean + radius * Math.sin(angle);
  }
  return values;
}
