import { expect, test } from 'vitest';
import type { ShowEvent } from '../domain/events.ts';
import { isolated, promotionNews } from './promotions.ts';
import { comment } from './show-fixture.ts';

const NOW = 1_760_000_000_000;

function promotion(seq: number, at = NOW): ShowEvent {
	const key = `facebook:u${seq}`;
	return {
		id: `e1:${seq}`,
		epoch: 'e1',
		seq,
		at,
		type: 'claim.promoted',
		data: {
			claimId: `claim-${seq}`,
			item: '12',
			buyer: { key, platform: 'facebook', userId: `u${seq}`, handle: `u${seq}`, displayName: null },
			cause: { kind: 'comment', commentKey: 'facebook:c1' }
		}
	};
}

test('without a promotion there is no news', () => {
	expect(promotionNews([comment(1)], NOW)).toBeNull();
});

test('a few are told one by one, the rest as a number', () => {
	const events = [1, 2, 3, 4, 5].map((seq) => promotion(seq));
	const news = promotionNews(events, NOW);
	expect(news?.promoted.map(({ handle }) => handle)).toEqual(['u1', 'u2', 'u3']);
	expect(news?.more).toBe(2);
});

test('what happened while the console was away is no news', () => {
	expect(promotionNews([promotion(1, NOW - 60_000)], NOW)).toBeNull();
});

test('a foreign name is isolated from the sentence around it', () => {
	expect(isolated('مريم').codePointAt(0)).toBe(0x2068);
	expect(isolated('مريم').codePointAt(5)).toBe(0x2069);
});
