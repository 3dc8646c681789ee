import { expect, test } from 'vitest';
import { firstSteps } from './first-steps.ts';

type Dashboard = Parameters<typeof firstSteps>[0];
type Show = Dashboard['live'][number];
type Connections = Parameters<typeof firstSteps>[1];

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
const noneYet: Connections = { connections: [], offers: { facebook: true, instagram: false } };
const todo = { created: false, rehearsed: false, connected: false };

test('a newcomer has everything before them', () => {
	expect(firstSteps(empty, noneYet)).toEqual(todo);
});

test('a draft and a rehearsal are steps, whatever their state', () => {
	const drafted = firstSteps({ ...empty, next: [show(false)] }, noneYet);
	expect(drafted).toEqual({ ...todo, created: true });
	for (const rehearsed of [{ last: [show(true)] }, { live: [show(true)] }]) {
		const steps = firstSteps({ ...empty, ...rehearsed }, noneYet);
		expect(steps).toEqual({ ...todo, rehearsed: true });
	}
});

test('a connected account is a step, where there is something to connect', () => {
	const page: Connections['connections'][number] = {
		id: 'id',
		platform: 'facebook',
		login: 'facebook',
		accountName: 'Demo Shop',
		health: 'ok',
		healthDetail: null,
		missingPermissions: [],
		checkedAt: null,
		expiresAt: null,
		webhooks: true
	};
	expect(firstSteps(empty, { ...noneYet, connections: [page] })?.connected).toBe(true);
	const offersNothing = { facebook: false, instagram: false };
	expect(firstSteps(empty, { ...noneYet, offers: offersNothing })?.connected).toBeNull();
});

test('once a real show went live there are no first steps', () => {
	expect(firstSteps({ ...empty, live: [show(false)] }, noneYet)).toBeNull();
	expect(firstSteps({ ...empty, last: [show(false)] }, noneYet)).toBeNull();
	const sold = { ...empty, figures: { ...empty.figures, shows: 1 } };
	expect(firstSteps(sold, noneYet)).toBeNull();
});
