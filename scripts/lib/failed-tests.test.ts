import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failedTests } from './failed-tests.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'sellary-report-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('names every failed test and every file that could not be run, and nothing else', async () => {
	const path = join(folder, 'report.json');
	const report = {
		testResults: [
			{
				name: '/repo/tests/a.test.ts',
				status: 'failed',
				message: '',
				assertionResults: [
					{ fullName: 'claims are first come', status: 'passed', failureMessages: [] },
					{
						fullName: 'a pass promotes',
						status: 'failed',
						failureMessages: ['AssertionError: expected 1 to be 2\n    at a.test.ts:3:4']
					},
					{ fullName: 'not on a cluster', status: 'skipped' }
				]
			},
			{
				name: '/repo/tests/b.test.ts',
				status: 'failed',
				message: 'Error: no such module\nstack',
				assertionResults: []
			},
			{ name: '/repo/tests/c.test.ts', status: 'passed', message: '', assertionResults: [] }
		]
	};
	await writeFile(path, JSON.stringify(report));
	expect(await failedTests(path, '/repo')).toEqual([
		'tests/a.test.ts › a pass promotes: AssertionError: expected 1 to be 2',
		'tests/b.test.ts: Error: no such module'
	]);
});
