import { expect, test } from 'vitest';
import { firstSteps } from './first-steps.ts';

type Dashboard = Parameters<typeof firstSteps>[0];
type Show = Dashboard['live'][number];

const show = (isRehearsal: boolean): Show => ({
	id: 'id',
	name: 'Show',
	status: 'draft',
	isRehearsal,
	createdAt: '2026-01-01T00:00:00.000Z',
	startedAt: null,
	endedAt: null,
	itemCount: 0,
	winnerCount: 0,
	commentCount: 0
});
const empty: Dashboard = {
	live: [],
	next: [],
	last: [],
	figures: { days: 30, shows: 0, unitsSold: 0, buyers: 0, comments: 0 }
};

test('a newcomer has everything before them', () => {
	expect(firstSteps(empty)).toEqual({ created: false, rehearsed: false });
});

test('a draft is the first step, a rehearsal the second, whatever its state', () => {
	expect(firstSteps({ ...empty, next: [show(false)] })).toEqual({
		created: true,
		rehearsed: false
	});
	expect(firstSteps({ ...empty, last: [show(true)] })).toEqual({ created: false, rehearsed: true });
	expect(firstSteps({ ...empty, live: [show(true)] })).toEqual({ created: false, rehearsed: true });
});

test('once a real show went live there are no first steps', () => {
	expect(firstSteps({ ...empty, live: [show(false)] })).toBeNull();
	expect(firstSteps({ ...empty, last: [show(false)] })).toBeNull();
	expect(firstSteps({ ...empty, figures: { ...empty.figures, shows: 1 } })).toBeNull();
});
