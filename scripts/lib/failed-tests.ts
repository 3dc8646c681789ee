import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { z } from 'zod';

// A full run prints thousands of lines after a failure; what failed is told again as its last words.

const vitestReport = z.object({
	testResults: z.array(
		z.object({
			name: z.string(),
			status: z.string(),
			message: z.string().default(''),
			assertionResults: z.array(
				z.object({
					fullName: z.string(),
					status: z.string(),
					failureMessages: z.array(z.string()).nullish()
				})
			)
		})
	)
});

/**
 * One line per test that failed at its last try, and per file that could not be run at all, of the report
 * that vitest's reporter `json` wrote: the file, the test's full name, the first line of its error.
 */
export async function failedTests(reportPath: string, root: string): Promise<readonly string[]> {
	const report = vitestReport.parse(JSON.parse(await readFile(reportPath, 'utf8')));
	return report.testResults.flatMap((file) => {
		const path = relative(root, file.name);
		const failed = file.assertionResults.filter(({ status }) => status === 'failed');
		if (failed.length === 0) return file.status === 'failed' ? [line(path, file.message)] : [];
		return failed.map((test) =>
			line(`${path} › ${test.fullName}`, (test.failureMessages ?? []).join('\n'))
		);
	});
}

function line(where: string, message: string): string {
	const [first = ''] = message.trim().split('\n');
	return first === '' ? where : `${where}: ${first.slice(0, 300)}`;
}
