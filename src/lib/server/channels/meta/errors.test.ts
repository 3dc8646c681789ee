import { describe, expect, test } from 'vitest';
import { classifyCode, MetaError } from './errors.ts';
import type { MetaErrorKind } from './errors.ts';

/** The table of PLATFORMS 1.8. */
const TABLE: readonly [MetaErrorKind, readonly (readonly [number, number?])[]][] = [
	[
		'needs_reauth',
		[
			[190],
			[190, 458],
			[190, 459],
			[190, 460],
			[190, 463],
			[190, 464],
			[190, 467],
			[190, 492],
			[102]
		]
	],
	['permission', [[10], [200], [200, 1363144], [230], [299]]],
	['throttled', [[4], [17], [32], [613], [613, 1996], [80001], [80002]]],
	['blocked', [[341], [368]]],
	['transient', [[1], [2]]],
	['bad_request', [[100], [100, 2018001], [300], [199], [9], [99999]]],
	['not_found', [[100, 33]]],
	['unknown_id', [[803]]]
];

describe('classifyCode', () => {
	for (const [kind, codes] of TABLE) {
		test.each(codes.map(([code, subcode]) => ({ code, subcode: subcode ?? null })))(
			`takes $code/$subcode as ${kind}`,
			({ code, subcode }) => {
				expect(classifyCode(code, subcode)).toBe(kind);
			}
		);
	}

	test('takes what Meta calls transient as that, whatever the code', () => {
		for (const code of [1, 100, 190, 200, 803, 12345]) {
			expect(classifyCode(code, null, true)).toBe('transient');
		}
	});

	test('a throttle or a block stays one although Meta calls it transient', () => {
		for (const code of [4, 17, 32, 613, 80001, 80002]) {
			expect(classifyCode(code, null, true)).toBe('throttled');
		}
		for (const code of [341, 368]) expect(classifyCode(code, null, true)).toBe('blocked');
	});
});

describe('the explanation', () => {
	test('says of each dead token what it died of', () => {
		const texts = [458, 459, 460, 463, 464, 467, 492].map(
			(subcode) => new MetaError('needs_reauth', 'x', { code: 190, subcode }).explanation
		);
		expect(new Set(texts).size).toBe(texts.length);
		for (const text of texts) expect(text.toLowerCase()).toContain('connect');
	});

	test('is there for every kind, also for codes that we don’t know', () => {
		for (const [kind] of TABLE) {
			expect(new MetaError(kind, 'x').explanation).toMatch(/^[A-Z].+\.$/);
		}
		expect(new MetaError('needs_reauth', 'x', { code: 190, subcode: 1 }).explanation).toContain(
			'Connect again'
		);
	});

	test('of a Page that is too small names the reason', () => {
		const error = new MetaError('permission', 'x', { code: 200, subcode: 1363144 });
		expect(error.explanation).toContain('100 followers');
	});
});
