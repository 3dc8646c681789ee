import { describe, expect, test } from 'vitest';
import { readUsage } from './usage.ts';

const counters = { call_count: 28, total_time: 25, total_cputime: 26 };

function usageOf(headers: Record<string, unknown>) {
	const entries = Object.entries(headers).map(([name, value]): [string, string] => [
		name,
		typeof value === 'string' ? value : JSON.stringify(value)
	]);
	return readUsage(new Headers(entries));
}

describe('readUsage', () => {
	test('is null without the headers: Meta sends them only after enough calls', () => {
		expect(usageOf({ 'content-type': 'text/html' })).toBeNull();
	});

	test('takes the worst counter of all headers', () => {
		expect(usageOf({ 'X-App-Usage': counters })).toEqual({ percent: 28, regainMs: null });
		const usage = usageOf({
			'X-App-Usage': counters,
			'X-Page-Usage': { ...counters, total_time: 208 },
			'X-Business-Use-Case-Usage': {
				'1093482904102': [{ type: 'pages', ...counters, call_count: 97 }]
			}
		});
		expect(usage).toEqual({ percent: 208, regainMs: null });
	});

	test('reads the time to regain access as minutes, the longest of all entries', () => {
		const entry = { type: 'instagram', ...counters };
		const usage = usageOf({
			'X-Business-Use-Case-Usage': {
				'1': [
					{ ...entry, estimated_time_to_regain_access: 0 },
					{ ...entry, total_cputime: 120, estimated_time_to_regain_access: 19 }
				],
				'2': [{ ...entry, estimated_time_to_regain_access: 3 }]
			}
		});
		expect(usage).toEqual({ percent: 120, regainMs: 19 * 60_000 });
	});

	test.each(['', 'not json', '[]', 'null', '7', '{"call_count":"many"}', '{"1":{}}'])(
		'passes over a header that can’t be read: %s',
		(text) => {
			expect(usageOf({ 'X-Business-Use-Case-Usage': text })).toBeNull();
			expect(usageOf({ 'X-App-Usage': counters, 'X-Business-Use-Case-Usage': text })).toEqual({
				percent: 28,
				regainMs: null
			});
		}
	);
});
