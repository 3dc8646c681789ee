import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withLogContext, withoutLogContext } from './log-context.ts';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';

const lineSchema = z.record(z.string(), z.unknown());

function capture(level = 'debug') {
	const lines: Record<string, unknown>[] = [];
	const levels: string[] = [];
	const destination = new Writable({
		write(chunk, _, done) {
			lines.push(lineSchema.parse(JSON.parse(String(chunk))));
			done();
		}
	});
	const onLine = (line: string): unknown => levels.push(line);
	const logger: Logger = createLogger(level, { destination, onLine });
	return { logger, lines, levels };
}

describe('the ids of what a line belongs to', () => {
	test('stand on every line, however deep and late it is logged, and end with the call', async () => {
		const { logger, lines } = capture();
		const deep = async (): Promise<void> => {
			await sleep(1);
			logger.info({ seq: 1 }, 'deep');
		};
		await withLogContext({ requestId: 'r1' }, () => withLogContext({ showId: 's1' }, () => deep()));
		logger.info('outside');
		expect(lines).toMatchObject([
			{ msg: 'deep', requestId: 'r1', showId: 's1', seq: 1, level: 'info' },
			{ msg: 'outside' }
		]);
		expect(lines[1]).not.toHaveProperty('requestId');
	});

	test('are those of each call when several run at once, and what a line says itself comes first', async () => {
		const { logger, lines } = capture();
		await Promise.all(
			['a', 'b'].map((requestId) =>
				withLogContext({ requestId }, async () => {
					await sleep(1);
					logger.info({ own: requestId }, 'x');
				})
			)
		);
		for (const line of lines) expect(line['requestId']).toBe(line['own']);
		withLogContext({ requestId: 'outer' }, () => logger.info({ requestId: 'own' }, 'x'));
		expect(lines.at(-1)).toMatchObject({ requestId: 'own' });
	});

	test('do not stand where something begins that outlives the request', () => {
		const { logger, lines } = capture();
		withLogContext({ requestId: 'r1' }, () => withoutLogContext(() => logger.info('timer')));
		expect(lines[0]).not.toHaveProperty('requestId');
	});
});

describe('what no line tells', () => {
	test('fields with private names are replaced, at any depth and in lists', () => {
		const { logger, lines } = capture();
		logger.info(
			{
				showId: 's1',
				token: 'EAAG-secret',
				user: { displayName: 'Ann Example', id: 'u1' },
				comments: [{ text: 'sold 12', userHandle: '@ann', seq: 4 }],
				request: { headers: { authorization: 'Bearer x', cookie: 'session=1' } },
				access_token: 'EAAG-secret'
			},
			'told'
		);
		const text = JSON.stringify(lines);
		for (const secret of ['EAAG', 'Ann', 'sold 12', '@ann', 'Bearer', 'session=1']) {
			expect(text).not.toContain(secret);
		}
		expect(lines[0]).toMatchObject({
			showId: 's1',
			token: '[private]',
			user: { id: 'u1' },
			comments: [{ seq: 4, text: '[private]' }]
		});
	});

	test('an error keeps its name, code, message and frames, and loses what drivers attach', () => {
		const { logger, lines } = capture();
		const error = Object.assign(new TypeError('it broke'), {
			code: 'E_BROKEN',
			command: { args: ['Ann Example'] },
			detail: 'Key (email)=(ann@example.com) exists'
		});
		logger.error({ err: error }, 'failed');
		expect(lines[0]).toMatchObject({
			err: { name: 'TypeError', code: 'E_BROKEN', message: 'it broke' }
		});
		const text = JSON.stringify(lines);
		expect(text).toContain('logger.test.ts');
		expect(text).not.toMatch(/Ann|example\.com/);
	});

	test('a text that is no JSON is not quoted, in the message or in the stack', () => {
		const { logger, lines } = capture();
		try {
			JSON.parse('Ann Example wrote sold 12');
		} catch (error) {
			logger.warn({ err: error }, 'unreadable');
		}
		expect(lines).toHaveLength(1);
		expect(JSON.stringify(lines)).not.toMatch(/Ann|Example|sold/);
	});

	test('addresses with passwords are cut out of messages, and do not come back in the stack', () => {
		const { logger, lines } = capture();
		logger.warn({ err: new Error('no answer of redis://:hunter2@db.internal:6379/0') }, 'away');
		expect(JSON.stringify(lines)).not.toMatch(/hunter2|db\.internal/);
	});
});

test('each line that is written is counted by its level', () => {
	const { logger, levels } = capture('info');
	logger.debug('not written');
	logger.info('one');
	logger.error('two');
	expect(levels).toEqual(['info', 'error']);
});
