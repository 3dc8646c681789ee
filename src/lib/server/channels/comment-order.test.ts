import { describe, expect, test } from 'vitest';
import { Random } from '../rehearsal/generator/random.ts';
import { orderKey, orderKeyBefore } from './comment-order.ts';

type Ordered = { orderAt: number; commentId: string };

function inByteOrder(comments: readonly Ordered[]): string[] {
	return comments
		.map((comment) => ({ key: Buffer.from(orderKey(comment)), id: comment.commentId }))
		.sort((one, other) => Buffer.compare(one.key, other.key))
		.map(({ id }) => id);
}

function sign(number: bigint): number {
	return number < 0n ? -1 : number > 0n ? 1 : 0;
}

describe('the order of comments', () => {
	const seed = 20261004;
	test(`by key is the order by time, then by the value of the id (seed ${seed})`, () => {
		const random = new Random(seed);
		const ownPart = () => {
			const digits = random.int(1, 20);
			return Array.from({ length: digits }, () => random.int(0, 9)).join('');
		};
		// Few times and few short ids, so that both rules and ties come up.
		const comments = Array.from({ length: 3_000 }, () => ({
			orderAt: random.pick([0, 999, 1_000, 1_760_000_000_000, 253_402_300_799_999]),
			commentId: `${random.int(1, 12)}_${ownPart()}`
		}));
		const own = ({ commentId }: Ordered) => BigInt(commentId.slice(commentId.indexOf('_') + 1));
		const expected = comments.toSorted(
			(one, other) =>
				one.orderAt - other.orderAt ||
				sign(own(one) - own(other)) ||
				(one.commentId < other.commentId ? -1 : 1)
		);
		expect(inByteOrder(comments)).toEqual(expected.map(({ commentId }) => commentId));
	});

	test('ids that are no numbers come behind those that are, by their bytes', () => {
		const comments = ['b', '1_a', '9_99', '10', 'c-1'].map((commentId) => ({
			orderAt: 5,
			commentId
		}));
		expect(inByteOrder(comments)).toEqual(['10', '9_99', '1_a', 'b', 'c-1']);
	});

	test('two comments never have the same key', () => {
		const ids = ['1_7', '2_7', '7', '1_07', '07'];
		const keys = ids.map((commentId) => orderKey({ orderAt: 5, commentId }));
		expect(new Set(keys).size).toBe(ids.length);
	});

	test.each([-1, 1.5, NaN, 1e15, Infinity])('a time of %d is a programming error', (orderAt) => {
		expect(() => orderKey({ orderAt, commentId: '1' })).toThrow(RangeError);
	});

	test('the key before a time divides earlier comments from those of that time', () => {
		const before = orderKeyBefore({ orderAt: 5_000 });
		const keyAt = (orderAt: number) => orderKey({ orderAt, commentId: 'x' });
		expect([4_999, 5_000, 5_001].map((at) => keyAt(at) < before)).toEqual([true, false, false]);
	});
});
