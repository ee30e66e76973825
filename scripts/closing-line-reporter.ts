import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const MAX_REASON = 600;

interface Failure {
  readonly message: string;
  /** Of a comparison. */
  readonly diff?: string | undefined;
}

/**
 * Ends a run with what one wants to see of it at its very end: a line for each test that failed, then the one line that
 * any CI can read: `N passed, N failed` (`, N skipped` only when some were). A module that could not be loaded, or an
 * error outside every test, counts as a failure of its own.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<Failure>): void {
    const count = { passed: 0, skipped: 0 };
    const failures = unhandledErrors.map((error) => toLine('outside every test', [error]));
    for (const module of modules) {
      failures.push(...module.errors().map((error) => toLine(module.relativeModuleId, [error])));
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') count.passed += 1;
        else if (state === 'failed') failures.push(toFailure(module, test));
        else count.skipped += 1;
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    const lines = [...failures, `${count.passed} passed, ${failures.length} failed${skipped}`];
    // After the default reporter's own summary.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}

function toFailure(module: TestModule, test: TestCase): string {
  return toLine(`${module.relativeModuleId} > ${test.fullName}`, test.result().errors ?? []);
}

function toLine(where: string, errors: ReadonlyArray<Failure>): string {
  const { message, diff = '' } = errors[0] ?? { message: 'no reason given' };
  // Of a comparison's lines those that differ.
  const differing = stripVTControlCharacters(diff)
    .split('\n')
    .filter((line) => /^[-+] /.test(line));
  const lines = [...stripVTControlCharacters(message).split('\n'), ...differing];
  const reason = lines.flatMap((line) => line.trim() || []).join(' ');
  return `FAILED ${where}: ${reason.slice(0, MAX_REASON)}`;
}
