/** Mutants of a source text: copies with one small mistake each, found in its syntax tree, so never in types or strings. */
import { parseAst } from 'vite';

export interface Mutant {
  readonly operator: 'comparison' | 'arithmetic' | 'boolean' | 'number' | 'early return' | 'negation';
  /** Counted from one. */
  readonly line: number;
  /** Offsets in UTF-16 units of what is replaced. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

/** What every node of the tree has (ESTree); other properties differ by type. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

const OTHER_OPERATOR: Readonly<Record<string, readonly [other: string, operator: Mutant['operator']]>> = {
  '<': ['<=', 'comparison'],
  '<=': ['<', 'comparison'],
  '>': ['>=', 'comparison'],
  '>=': ['>', 'comparison'],
  '===': ['!==', 'comparison'],
  '!==': ['===', 'comparison'],
  '+': ['-', 'arithmetic'],
  '-': ['+', 'arithmetic'],
  '*': ['/', 'arithmetic'],
  '/': ['*', 'arithmetic'],
  '&&': ['||', 'boolean'],
  '||': ['&&', 'boolean'],
};

/** Types that are expressions with something said about them; all others that begin with TS are no code that runs. */
const TYPED_EXPRESSIONS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

/** All mutants, in the order of the text. Throws a SyntaxError where the text is no TypeScript. */
export function mutantsOf(text: string): Mutant[] {
  const mutants: Mutant[] = [];
  const add = (operator: Mutant['operator'], start: number, end: number, after: string) => {
    const line = text.slice(0, start).split('\n').length;
    mutants.push({ operator, line, start, end, before: text.slice(start, end), after });
  };
  walk(parseAst(text, { lang: 'ts' }) as unknown as Node, false, (node, leavesEarly) => {
    if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
      const sign = String(node.operator);
      const other = OTHER_OPERATOR[sign];
      const [left, right] = [node.left, node.right];
      if (!other || !isNode(left) || !isNode(right)) return;
      const between = text.slice(left.end, right.start);
      const at = left.end + between.indexOf(sign);
      if (!/\/[/*]/.test(between)) add(other[1], at, at + sign.length, other[0]);
    } else if (node.type === 'Literal' && typeof node.value === 'boolean') {
      add('boolean', node.start, node.end, String(!node.value));
    } else if (node.type === 'Literal' && typeof node.value === 'number') {
      const digits = text.slice(node.start, node.end);
      add('number', node.start, node.end, `(${digits} + 1)`);
      add('number', node.start, node.end, `(${digits} - 1)`);
    } else if (node.type === 'UnaryExpression' && node.operator === '!') {
      add('negation', node.start, node.start + 1, '');
    } else if (node.type === 'ReturnStatement' && leavesEarly) {
      add('early return', node.start, node.end, ';');
    }
  });
  return mutants.sort((one, other) => one.start - other.start || one.end - other.end);
}

/** The text with the mistake in it. */
export function mutated(text: string, { start, end, after }: Mutant): string {
  return text.slice(0, start) + after + text.slice(end);
}

/** Visits what runs, parents first; `leavesEarly` for what stands directly in the branch of an `if`. */
function walk(node: Node, leavesEarly: boolean, visit: (node: Node, leavesEarly: boolean) => void): void {
  if (node.type.startsWith('TS') && !TYPED_EXPRESSIONS.has(node.type)) return;
  if (node.type === 'ImportDeclaration') return;
  visit(node, leavesEarly);
  const inBranch = node.type === 'IfStatement' || (node.type === 'BlockStatement' && leavesEarly);
  for (const [name, value] of Object.entries(node)) {
    // A name in front of a colon stays what it is, a computed one is an expression.
    if (name === 'key' && node.computed !== true) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, inBranch, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
