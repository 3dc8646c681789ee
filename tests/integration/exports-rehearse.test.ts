import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asEvent } from '../../src/lib/server/event-schema.ts';
import { expectedFiles, readCsv, readLines } from './exports-model.ts';
import { createTestContext, onCluster } from './harness.ts';
import type { TestContext } from './harness.ts';

let app: TestContext;
beforeAll(async () => {
	// No workers: those of the program would have to share its channels with them.
	app = await createTestContext({ env: { ROLE: 'web' } });
});
afterAll(() => app.close());

describe('npm run rehearse -- FILE --export DIR', () => {
	let home: string;
	let recording: string;
	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), 'sellary-export-'));
		recording = join(home, 'show.jsonl');
		const items = [{ number: '12', title: 'Mug', quantity: 1 }];
		const comment = { type: 'comment', liveId: '170', userHandle: '=ana', text: 'sold 12' };
		const lines = [
			{ type: 'show', name: 'Small', items },
			{ ...comment, at: 1, platform: 'facebook', commentId: '170_1', userId: 'u1' },
			{ ...comment, at: 2, platform: 'instagram', commentId: '9007199254740993', userId: 'u2' },
			{ ...comment, at: 3, platform: 'twitch', commentId: 't1', userId: 'u3', text: 'hi\nyou' },
			{ type: 'end', at: 4 }
		];
		await writeFile(recording, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
	});
	afterAll(() => rm(home, { recursive: true }));

	async function rehearse(...args: string[]): Promise<{ stdout: string; stderr: string }> {
		const { redis, database } = app.urls;
		return await promisify(execFile)(
			process.execPath,
			['scripts/rehearse.ts', recording, ...args],
			{
				env: {
					...process.env,
					REDIS_URL: redis,
					REDIS_CLUSTER: String(onCluster),
					DATABASE_URL: database
				}
			}
		);
	}

	async function checkDirectory(directory: string): Promise<void> {
		const read = (file: string) => readFile(join(directory, file), 'utf8');
		expect((await readdir(directory)).sort()).toEqual([
			...['buyers.csv', 'claims.csv', 'comments.csv', 'events.jsonl']
		]);
		const log = readLines(await read('events.jsonl')).map(asEvent);
		const { claims, buyers, comments } = expectedFiles(log);
		expect(readCsv(await read('claims.csv'))).toEqual(claims);
		expect(readCsv(await read('buyers.csv'))).toEqual(buyers);
		expect(readCsv(await read('comments.csv'))).toEqual(comments);
		expect([claims.length, buyers.length, comments.length]).toEqual([3, 2, 4]);
		expect(claims[1]?.slice(1)).toEqual(['12', 'Mug', "'=ana", 'facebook', 'winner', '']);
		expect(claims[2]?.slice(4)).toEqual(['instagram', 'waitlist', '1']);
	}

	test.each([[[]], [['--meta']]])(
		'with %j: four files, and one JSON object on stdout',
		async (more) => {
			const directory = join(home, randomUUID(), `here${more.join('')}`);
			const { stdout, stderr } = await rehearse('--export', directory, '--json', ...more);
			expect(stdout.trimEnd().split('\n')).toHaveLength(1);
			expect(JSON.parse(stdout)).toMatchObject({ counts: { winner: 1, waitlist: 1, comments: 3 } });
			expect(stderr).toContain(directory);
			expect(stderr).not.toContain('replaced');
			await checkDirectory(directory);
		}
	);

	test('replaces the files of an earlier run, says so, and leaves others alone', async () => {
		const directory = join(home, randomUUID());
		await rehearse('--export', directory);
		await writeFile(join(directory, 'claims.csv'), 'older and longer\n'.repeat(1_000));
		const { stderr } = await rehearse('--export', directory);
		expect(stderr).toContain('replaced claims.csv, buyers.csv, comments.csv, events.jsonl');
		await checkDirectory(directory);
	});

	test('refuses a place that is no directory before anything is played', async () => {
		const shows = () => app.db.selectFrom('shows').select('id').execute();
		const before = await shows();
		await expect(rehearse('--export', recording)).rejects.toMatchObject({
			code: 2,
			stdout: '',
			stderr: expect.stringContaining('can’t be written')
		});
		expect(await shows()).toEqual(before);
	});
});
