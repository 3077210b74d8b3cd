/** The numbers of a measured critique add up: what one sees explains the grade. */
import { expect } from 'vitest';
import { NUMBERS } from '../../models/measured/numbers.ts';
import type { Critique } from '../../shared/critique.ts';

const { plainGrade } = NUMBERS;

export function expectSum({ value, technical, dimensions, reasons }: Critique): void {
  const weights = reasons.reduce((sum, { weight }) => sum + weight, 0);
  expect(Math.abs(plainGrade + weights - value)).toBeLessThan(0.01);
  const parts = Object.values(dimensions).reduce((sum, dimension) => sum + dimension.value - plainGrade, 0);
  expect(Math.abs(plainGrade + parts - value)).toBeLessThan(0.01);
  expect(technical).toBe(value);
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(100);
}
