import { describe, expect, test } from 'vitest';
import { parseRehearsalHeader, parseRehearsalLine } from './format.ts';

const header = {
	type: 'show',
	name: 'Saturday',
	claimWord: 'sold',
	passWord: 'pass',
	items: [{ number: '12', title: 'Linen dress', quantity: 2 }]
};

const comment = {
	type: 'comment',
	at: 10,
	platform: 'facebook',
	liveId: 'L',
	commentId: 'c1',
	userId: 'u1',
	userHandle: 'buyer_1',
	userDisplayName: 'Buyer 1',
	text: 'sold 12'
};

function headerError(change: Record<string, unknown>): string {
	const parsed = parseRehearsalHeader({ ...header, ...change });
	return parsed.ok ? 'valid' : parsed.message;
}

function lineError(line: unknown): string {
	const parsed = parseRehearsalLine(line);
	return parsed.ok ? 'valid' : parsed.message;
}

describe('the header line', () => {
	test('is the show with its words and items', () => {
		expect(parseRehearsalHeader(header)).toEqual({ ok: true, value: header });
	});

	test('has "sold" and "pass" when it names no words', () => {
		const parsed = parseRehearsalHeader({ type: 'show', name: 'A', items: [] });
		expect(parsed).toMatchObject({ ok: true, value: { claimWord: 'sold', passWord: 'pass' } });
	});

	test('has its words normalised as comments are', () => {
		const parsed = parseRehearsalHeader({ ...header, claimWord: 'ＭÍO ', passWord: 'Paso!' });
		expect(parsed).toMatchObject({ ok: true, value: { claimWord: 'mío', passWord: 'paso' } });
	});

	test.each(['', '12', 'two words', '!!', 7, 'x'.repeat(41)])(
		'refuses %j as a claim word',
		(claimWord) => {
			expect(headerError({ claimWord })).toMatch(/^"claimWord" must be one word/);
		}
	);

	test('refuses one word for both claim and pass, however it is spelled', () => {
		expect(headerError({ passWord: 'SOLD' })).toMatch(/"passWord" must be another word/);
	});

	test('must come first and say that it is a show', () => {
		expect(headerError({ type: 'comment' })).toMatch(/^The first line must describe the show/);
		expect(parseRehearsalHeader([])).toMatchObject({ ok: false });
	});

	test('needs a name of 1 to 120 characters', () => {
		expect(headerError({ name: undefined })).toBe('"name" is missing.');
		expect(headerError({ name: '  ' })).toMatch(/"name" must be text of 1 to 120 characters/);
		expect(headerError({ name: 'x'.repeat(121) })).toMatch(/1 to 120/);
		expect(headerError({ name: 'x'.repeat(120) })).toBe('valid');
	});

	test('names the place of a wrong item', () => {
		const items = [
			{ number: '1', title: 'A', quantity: 1 },
			{ number: '2', title: 'B' }
		];
		expect(headerError({ items })).toBe('"items" entry 2, "quantity" is missing.');
	});

	test('refuses an item number that is used twice', () => {
		const item = { number: '12', title: 'A', quantity: 1 };
		expect(headerError({ items: [item, item] })).toBe(
			'"items" entry 2, "number" is used by an earlier item already (found "12").'
		);
	});

	test.each(['012', '0', '', '1234567', '1.5', '１２', 12])(
		'refuses %j as an item number',
		(number) => {
			expect(headerError({ items: [{ number, title: 'A', quantity: 1 }] })).toMatch(
				/"number" must be an item number in quotes.*without leading zeros/
			);
		}
	);

	test.each([-1, 1.5, 10_000, '3', null])('refuses %j as a quantity', (quantity) => {
		expect(headerError({ items: [{ number: '1', title: 'A', quantity }] })).toMatch(
			/"quantity" must be a whole number from 0 to 9999/
		);
	});

	test('ignores keys it does not know', () => {
		const parsed = parseRehearsalHeader({ ...header, recordedBy: 'me' });
		expect(parsed).toEqual({ ok: true, value: header });
	});
});

describe('a line after the header', () => {
	test.each([
		comment,
		{ type: 'pause', at: 0 },
		{ type: 'resume', at: 1 },
		{ type: 'end', at: 2 },
		{ type: 'release', at: 3, item: '12', buyer: 'facebook:u1' },
		{ type: 'release', at: 3, item: '12', buyer: 'manual:walk in' },
		{ type: 'award', at: 4, item: '12', buyer: { handle: 'Walk In' } },
		{
			type: 'award',
			at: 4,
			item: '12',
			buyer: { platform: 'facebook', userId: 'u1', handle: 'buyer_1' }
		},
		{ type: 'quantity', at: 5, item: '12', quantity: 0 },
		{ type: 'item', at: 6, number: '999999', title: 'Scarf', quantity: 9999 }
	])('is understood: %j', (line) => {
		expect(parseRehearsalLine(line)).toEqual({ ok: true, value: line });
	});

	test('loses the keys it does not know', () => {
		expect(parseRehearsalLine({ type: 'end', at: 1, note: 'x' })).toEqual({
			ok: true,
			value: { type: 'end', at: 1 }
		});
	});

	test('may lack comment id and display name, or have no display name', () => {
		const { commentId: _commentId, userDisplayName: _name, ...rest } = comment;
		expect(lineError(rest)).toBe('valid');
		expect(lineError({ ...comment, userDisplayName: null })).toBe('valid');
	});

	test('keeps a comment as it was written, spaces and all', () => {
		const text = '  sold\n12 \u0000';
		expect(parseRehearsalLine({ ...comment, text })).toMatchObject({ value: { text } });
	});

	test.each(['liveId', 'userId', 'userHandle', 'text', 'platform', 'at'])(
		'says when a comment has no %s',
		(key) => {
			expect(lineError({ ...comment, [key]: undefined })).toBe(`"${key}" is missing.`);
		}
	);

	test.each([
		['at', -1],
		['at', 1.5],
		['at', '10'],
		['at', 2 ** 53],
		['platform', 'Facebook'],
		['platform', 'face book'],
		['platform', 'manual'],
		['liveId', ''],
		['commentId', 12],
		['commentId', 'x'.repeat(201)],
		['userId', 'a\u0000b'],
		['userId', '\ud83d'],
		['userHandle', 'x'.repeat(201)],
		['text', 'x'.repeat(20_001)],
		['text', null]
	])('refuses a comment whose %s is %j', (key, value) => {
		expect(lineError({ ...comment, [key]: value })).toMatch(new RegExp(`^"${key}" must`));
	});

	test('names every wrong field, with what stands there', () => {
		expect(lineError({ type: 'quantity', at: 'soon', item: '012', quantity: 'three' })).toBe(
			'"at" must be a whole number of milliseconds since the start, 0 or more (found "soon"); ' +
				'"item" must be an item number in quotes, such as "12": 1 to 6 digits, not 0, ' +
				'without leading zeros (found "012"); ' +
				'"quantity" must be a whole number from 0 to 9999 (found "three").'
		);
	});

	test('does not repeat a whole long value', () => {
		expect(lineError({ ...comment, text: 'x'.repeat(30_000) }).length).toBeLessThan(200);
	});

	test('does not turn half a viewer into a walk-in', () => {
		const award = { type: 'award', at: 1, item: '12' };
		expect(lineError({ ...award, buyer: { platform: 'facebook', handle: 'x' } })).toBe(
			'"buyer.userId" is missing.'
		);
		expect(lineError({ ...award, buyer: { userId: 'u1', handle: 'x' } })).toBe(
			'"buyer.platform" is missing.'
		);
		expect(lineError({ ...award, buyer: { handle: ' ' } })).toMatch(/"buyer.handle" must be text/);
		expect(lineError({ ...award, buyer: 'facebook:u1' })).toMatch(/"buyer" must be {"handle"/);
		expect(lineError(award)).toBe('"buyer" is missing.');
	});

	test.each(['u1', 'facebook:', ':u1', 'Facebook:u1', 7])(
		'refuses %j as the buyer of a release',
		(buyer) => {
			expect(lineError({ type: 'release', at: 1, item: '12', buyer })).toMatch(
				/"buyer" must be a platform and a user id/
			);
		}
	);

	test('has a known type', () => {
		expect(lineError({ type: 'bid', at: 1 })).toMatch(
			/^"type" "bid" is not known. Known are "comment", "pause"/
		);
		expect(lineError({ at: 1 })).toMatch(/must be one JSON object with a "type"/);
		expect(lineError({ type: 'toString', at: 1 })).toMatch(/is not known/);
		expect(lineError(header)).toMatch(/^Only the first line can describe the show/);
	});

	test.each([null, 7, 'text', [], [comment]])('is an object, not %j', (value) => {
		expect(lineError(value)).toMatch(/must be one JSON object/);
	});
});
