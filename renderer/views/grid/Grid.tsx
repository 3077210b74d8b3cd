export function Grid() {
  return null;
}
