import { expect, test } from 'vitest';
import type { ShowSnapshot } from '../domain/live-show.ts';
import { emptyCounters } from '../domain/show-state.ts';
import type { Claim, ItemClaims } from '../domain/show-state.ts';
import { presentHandle, presentItem, publicSnapshot } from './presented.ts';

function claim(handle: string, state: Claim['state']): Claim {
	return {
		claimId: `claim of ${handle}`,
		item: '12',
		buyer: {
			key: `facebook:secret-${handle}`,
			platform: 'facebook',
			userId: `secret-${handle}`,
			handle,
			displayName: `Private ${handle}`
		},
		state,
		rank: 1,
		wonSeq: state === 'winner' ? 1 : null,
		claimedAt: 1
	};
}

const item: ItemClaims = {
	id: 'i1',
	number: '12',
	title: 'Linen dress',
	quantity: 3,
	state: 'open',
	winners: [claim('anna', 'winner'), claim('ben', 'winner')],
	waitlist: [],
	changedSeq: 0
};

test('what is shown of an item: who won, the latest first, and what is left', () => {
	expect(presentItem(item)).toMatchObject({
		number: '12',
		left: 1,
		quantity: 3,
		closed: false,
		winners: [{ handle: 'ben' }, { handle: 'anna' }],
		waiting: 0,
		next: null
	});
});

test('the next in the queue is the head of it', () => {
	const waitlist = [claim('cleo', 'waitlist'), claim('dan', 'waitlist')];
	expect(presentItem({ ...item, waitlist })).toMatchObject({ waiting: 2, next: 'cleo' });
});

test('never are more units left than none', () => {
	expect(presentItem({ ...item, quantity: 1 }).left).toBe(0);
});

test('no id and no display name of a buyer gets into it', () => {
	const waitlist = [claim('cleo', 'waitlist')];
	const text = JSON.stringify(presentItem({ ...item, waitlist }));
	expect(text).not.toMatch(/secret|Private/);
});

test('a long handle is cut between characters, not inside one', () => {
	expect(presentHandle('noor.el.amin')).toBe('noor.el.amin');
	expect([...presentHandle('🦊'.repeat(60))]).toHaveLength(40);
	expect(presentHandle('🦊'.repeat(60)).endsWith('🦊…')).toBe(true);
});

test('the public snapshot holds neither comments nor display names, and is else the same', () => {
	const waitlist = [claim('cleo', 'waitlist')];
	const snapshot: ShowSnapshot = {
		showId: 's1',
		epoch: 'e1',
		seq: 3,
		persistedSeq: 3,
		status: 'active',
		settings: { name: 'Show', claimWord: 'sold', passWord: 'pass' },
		items: [{ ...item, waitlist }],
		showing: '12',
		channels: [],
		counters: emptyCounters(),
		comments: [],
		feed: [
			{
				seq: 1,
				at: 1,
				kind: 'winner',
				item: '12',
				buyer: { key: 'facebook:u1', platform: 'facebook', handle: 'anna' },
				claimId: null,
				position: null,
				cause: null,
				noClaim: null
			}
		]
	};
	const shared = publicSnapshot(snapshot);
	expect(JSON.stringify(shared)).not.toContain('Private');
	expect(shared).toMatchObject({ seq: 3, showing: '12', comments: [], feed: [] });
	expect(shared.items[0]?.waitlist[0]).toMatchObject({ claimId: 'claim of cleo' });
});
