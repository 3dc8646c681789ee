import { describe, expect, test } from 'vitest';
import { readCallback } from './callback.ts';

const read = (query: string) => readCallback(new URLSearchParams(query));

describe('readCallback', () => {
	test('gives code and state', () => {
		expect(read('code=AQB%2Bx%23_&state=s1')).toEqual({
			kind: 'code',
			code: 'AQB+x#_',
			state: 's1'
		});
	});

	test('of a denied login names both things that it may mean', () => {
		const callback = read(
			'error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied&state=s1'
		);
		expect(callback).toMatchObject({ kind: 'denied', state: 's1' });
		const reason = callback.kind === 'denied' ? callback.reason : '';
		expect(reason).toContain('declined');
		expect(reason).toContain('in development');
	});

	test('of any other error does not say that somebody declined, nor repeat its words', () => {
		for (const query of ['error=server_error', 'error_code=191&error_message=Ann+Example']) {
			const callback = read(`${query}&error_description=Ann+Example&state=s1`);
			expect(callback).toMatchObject({ kind: 'denied', state: 's1' });
			expect(JSON.stringify(callback)).not.toMatch(/declined|Ann Example/);
		}
	});

	test('takes an error for one even beside a code', () => {
		expect(read('error=access_denied&code=c&state=s1').kind).toBe('denied');
	});

	test.each([
		'',
		'code=c',
		'state=s1',
		'code=&state=s1',
		'code=c&state=',
		'code=c&code=d&state=s1',
		'code=c&state=s1&state=s2',
		'error=access_denied',
		`code=${'c'.repeat(4097)}&state=s1`,
		`code=c&state=${'s'.repeat(513)}`,
		'code=c&state=a%20b'
	])('is invalid: %s', (query) => {
		expect(read(query)).toEqual({ kind: 'invalid' });
	});
});
